"""From findings to changes that an operator can trust: planned, shown, applied step by step, and undone."""
