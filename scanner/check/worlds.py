"""What templates would make in one case and one setting, and what is not seen of all that lies around them."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scanner.check.cases import Case
from scanner.check.deployments import Planned
from scanner.check.outside import accounts_of, outside
from scanner.check.settings import Setting
from scanner.errors import InvalidInputError
from scanner.estate.estate import Estate, Unseen
from scanner.estate.intent import Waiver
from scanner.estate.overlay import overlay
from scanner.estate.regions import partition_of
from scanner.estate.resource import Resource
from scanner.estate.unknown import Value
from scanner.sources.attaching import Attachment, doubted, fold, gaps
from scanner.sources.declared import UNNAMED_ACCOUNT, UNNAMED_REGION, Declared, Deployment, Exports, Option

_LONGEST_CHAIN = 12
"""How many stacks may import from each other one after the other."""


@dataclass(frozen=True, slots=True)
class World:
    """Every template declared, in its place."""

    case: Case
    setting: Setting
    deployments: tuple[Deployment, ...]
    made: tuple[Declared, ...]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """All that would be made. Two stacks may declare the same thing (a role, in every region): it exists once."""
        return self._folded[0]

    @property
    def _folded(self) -> tuple[tuple[Resource, ...], tuple[Attachment, ...]]:
        """The resources with what other stacks add to them, and what is added to things that no stack makes."""
        everything = (resource for each in self.made for resource in each.resources)
        distinct = tuple({resource.identity: resource for resource in everything}.values())
        folded, left = fold(distinct, (added for each in self.made for added in each.attached))
        return doubted(folded, left), left

    @property
    def waivers(self) -> tuple[Waiver, ...]:
        """The waivers that stand in templates."""
        return tuple(waiver for each in self.made for waiver in each.waivers)

    @property
    def messages(self) -> tuple[str, ...]:
        """What the templates' readers have to say."""
        return tuple(dict.fromkeys(text for each in self.made for text in each.messages))

    @property
    def unseen(self) -> tuple[Unseen, ...]:
        """What the templates make and do not show."""
        return tuple(gap for each in self.made for gap in each.unseen)

    def alone(self) -> Estate:
        """The templates as an estate; what they do not show of their surroundings is not among the unseen."""
        resources, left = self._folded
        return Estate(resources, accounts_of(self.deployments, resources), (*self.unseen, *gaps(left)))

    def surrounded(self) -> Estate:
        """The templates as an estate in surroundings that nobody sees."""
        alone = self.alone()
        return replace(alone, unseen=(*alone.unseen, *outside(self.deployments, alone.resources)))

    def over(self, live: Estate) -> Estate:
        """The live estate as it would be with the templates deployed."""
        removed = [entry for each in self.made for entry in each.removed]
        places = {(each.account, each.region) for each in self.deployments}
        resources, left = self._folded
        after = overlay(live, resources, removed, places=places)
        # What no template declares may be there already; what may belong to anybody may belong to those, too.
        everything, left = fold(after.resources, left)
        return replace(after, resources=doubted(everything, left), unseen=(*after.unseen, *self.unseen, *gaps(left)))


def world(planned: Sequence[Planned], case: Case, setting: Setting) -> World:
    """The world of a case and a setting. Raises `InvalidInputError` for stacks that import in a circle."""
    deployments = tuple(_assuming(_at(each.deployment, setting), case.of(n), setting) for n, each in enumerate(planned))
    return World(case, setting, deployments, _declared(planned, deployments))


def _declared(planned: Sequence[Planned], deployments: Sequence[Deployment]) -> tuple[Declared, ...]:
    """Every template declared, again and again until none exports anything new to another."""
    exports: Exports = {}
    for _ in range(min(len(planned), _LONGEST_CHAIN) + 1):
        made = tuple(each.template.declare(to, exports) for each, to in zip(planned, deployments, strict=True))
        found = dict(_exports(deployments, made))
        if len(planned) == 1 or found == exports:
            return made
        exports = found
    raise InvalidInputError("the stacks import from each other in a circle, or in too long a chain")


def _exports(
    deployments: Sequence[Deployment], made: Sequence[Declared]
) -> Iterator[tuple[tuple[str, str, str], Value]]:
    for deployment, each in zip(deployments, made, strict=True):
        for name, value in each.exports.items():
            yield (deployment.account, deployment.region, name), value


def _assuming(deployment: Deployment, options: Mapping[str, Option], setting: Setting) -> Deployment:
    """The deployment in a case, with the accounts that the setting takes for its own."""
    return deployment.assuming({**options, **dict.fromkeys(setting.united, deployment.account)})


def _at(deployment: Deployment, setting: Setting) -> Deployment:
    """The deployment with the places that nobody named taken from the setting."""
    account = setting.account if deployment.account == UNNAMED_ACCOUNT else deployment.account
    region = setting.region if deployment.region == UNNAMED_REGION else deployment.region
    return deployment.at(account, region, partition_of(region, deployment.partition))
