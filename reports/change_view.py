"""What templates would change, in words: links, the broken first, and who would be let in that is not today."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from reports.wording import plural
from scanner.estate.changes import AccessChange, Changes, LinkChange, LinkEffect
from scanner.estate.unknown import to_json
from scanner.estate.verdict import Verdict
from scanner.inert import inert, shortened

TEXT_LIMIT = 300

LOOKS: Mapping[LinkEffect, Verdict] = {
    LinkEffect.BREAKS: Verdict.FAIL,
    LinkEffect.REMOVES: Verdict.FAIL,
    LinkEffect.UNCLEAR: Verdict.UNKNOWN,
    LinkEffect.MENDS: Verdict.PASS,
    LinkEffect.ADDS: Verdict.PASS,
    LinkEffect.LEAVES: Verdict.WAIVED,
}
"""Every effect in the order in which people want to read it, and the verdict on findings that it looks like."""

_WORDS = {
    LinkEffect.BREAKS: "breaks {}",
    LinkEffect.REMOVES: "removes {}",
    LinkEffect.UNCLEAR: "is unclear about {}",
    LinkEffect.MENDS: "mends {}",
    LinkEffect.ADDS: "adds {}",
    LinkEffect.LEAVES: "leaves {} as before",
}


@dataclass(frozen=True, slots=True)
class LinkChangeRow:
    """A link that would change; `states` tells what it was and would be, `looks` gives it its colour."""

    effect: str
    looks: Verdict
    name: str
    states: str
    because: tuple[str, ...]

    @property
    def line(self) -> str:
        """The states and the first reason."""
        more = len(self.because) - 1
        told = ": ".join((self.states, *self.because[:1]))
        return f"{told} (and {more:,} more)" if more > 0 else told


@dataclass(frozen=True, slots=True)
class AccessRow:
    """One newly granted access: by which policy, and the request that shows it."""

    policy: str
    principal: str
    action: str
    resource: str
    context: str

    @property
    def line(self) -> str:
        """The grant in one sentence."""
        given = f", given {self.context}" if self.context else ""
        return f"{self.policy} would let {self.principal} do {self.action} on {self.resource}{given}"


@dataclass(frozen=True, slots=True)
class ChangeView:
    """All that a report shows of changes. Links that stay as they are are counted in `line` and not listed."""

    line: str
    links: tuple[LinkChangeRow, ...]
    access: tuple[AccessRow, ...]
    doubts: tuple[str, ...]

    def more(self, limit: int) -> int:
        """How many entries a report leaves out that lists at most `limit` of each kind."""
        return sum(max(0, len(rows) - limit) for rows in (self.links, self.access, self.doubts))


def change_view(changes: Changes | None) -> ChangeView | None:
    """The changes in words, the worst first; None where there is nothing to compare with."""
    if changes is None:
        return None
    order = list(LOOKS)
    links = sorted(changes.links, key=lambda link: (order.index(link.effect), link.id))
    return ChangeView(
        line=_line(changes),
        links=tuple(_link_row(link) for link in links if link.effect is not LinkEffect.LEAVES),
        access=tuple(_access_row(grant) for grant in changes.access),
        doubts=tuple(_shown(doubt) for doubt in changes.doubts),
    )


def _line(changes: Changes) -> str:
    effects = [link.effect for link in changes.links]
    told = [
        words.format(plural(effects.count(effect), "link")) for effect, words in _WORDS.items() if effect in effects
    ]
    if changes.access:
        told.append(f"newly grants access in {plural(len(changes.access), 'way')}")
    line = ", ".join(told) or "changes no link and grants nothing new"
    doubts = len(changes.doubts)
    return f"{line}; {plural(doubts, 'thing')} could not be compared" if doubts else line


def _link_row(link: LinkChange) -> LinkChangeRow:
    before, after = (state or "no link" for state in (link.before, link.after))
    return LinkChangeRow(
        effect=str(link.effect),
        looks=LOOKS[link.effect],
        name=_shown(link.id),
        states=f"{inert(before)} → {inert(after)}",
        because=tuple(_shown(reason) for reason in link.because),
    )


def _access_row(grant: AccessChange) -> AccessRow:
    statement = f", statement {_shown(grant.statement)}" if grant.statement else ""
    return AccessRow(
        policy=f"{_shown(grant.policy)}{statement}",
        principal=_shown(grant.principal),
        action=_shown(grant.action),
        resource=_shown(grant.resource),
        context=_joined(
            f"{key} = {json.dumps(to_json(value), ensure_ascii=False)}" for key, value in grant.context.items()
        ),
    )


def _joined(parts: Iterable[str]) -> str:
    return _shown(", ".join(parts))


def _shown(text: str) -> str:
    return shortened(inert(text), TEXT_LIMIT)
