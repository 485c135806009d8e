"""What templates would change, under the name by which reports know it: the analyses that find it out import it, too."""

from scanner.estate.changes import AccessChange, Changes, LinkChange, LinkEffect

__all__ = ["AccessChange", "Changes", "LinkChange", "LinkEffect"]
