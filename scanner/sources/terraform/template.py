"""A Terraform plan as a source of resources: opened once, declared in as many places as needed."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from scanner.cycles import unsearched
from scanner.errors import InvalidInputError
from scanner.estate.estate import Unseen
from scanner.estate.regions import partition_of
from scanner.estate.unknown import Value
from scanner.sources.declared import Declared, Deployment, Exports, Variable
from scanner.sources.terraform.identities import identity
from scanner.sources.terraform.literals import Literals, literals_of, template_resource
from scanner.sources.terraform.locations import Entries, Locations, entries_in
from scanner.sources.terraform.places import Places
from scanner.sources.terraform.plan import Instance, Plan, plan_of
from scanner.sources.terraform.planned import Planned
from scanner.sources.terraform.reading import read_plan, require_plan
from scanner.sources.terraform.removing import removed_by
from scanner.sources.terraform.resolution import Resolution
from scanner.sources.terraform.resources import declared_by


@dataclass(frozen=True)
class TerraformPlan:
    """A plan that was read; see `scanner.sources.declared.Template`. `file` is what it was opened as."""

    file: Path
    plan: Plan = field(repr=False)
    entries: Entries = field(repr=False, default_factory=dict)
    literals: Literals = field(repr=False, default_factory=Literals)
    _locations: dict[tuple[Path, Path], Locations] = field(repr=False, compare=False, default_factory=dict)

    def variables(self, deployment: Deployment) -> Sequence[Variable]:
        """Nothing: a plan was made with every variable decided."""
        return ()

    def declare(self, deployment: Deployment, exports: Exports) -> Declared:
        """What it would make there; for providers in places that nobody names, see `places.Places`.

        Raises `InvalidInputError` for a plan that nests beyond all reason.
        """
        try:
            with unsearched():
                return self._declared(deployment)
        except RecursionError as error:
            raise InvalidInputError("is nested too deeply to be a plan", file=deployment.file) from error

    def planned(self, deployment: Deployment) -> tuple[Planned, ...]:
        """Every resource instance of the plan, resolved and placed; data sources have done their part by then."""
        places = Places(self.plan, deployment)
        return tuple(self._planned(self._managed(), deployment, places))

    def _declared(self, deployment: Deployment) -> Declared:
        places = Places(self.plan, deployment)
        declared = declared_by([*self._planned(self._managed(), deployment, places)], deployment)
        removed = self._planned(self.plan.removed, deployment, places)
        account, region = places.default
        there = deployment.at(account, region, partition_of(region, deployment.partition))
        whole = template_resource(self.literals, there, _real(deployment, places))
        return replace(
            declared,
            resources=(whole, *declared.resources),
            unseen=(*declared.unseen, *(Unseen("", "", "plan", gap) for gap in self.plan.gaps)),
            messages=(*declared.messages, *self._messages(deployment, places)),
            removed=tuple(dict.fromkeys(removed_by(removed, declared.resources))),
        )

    def _managed(self) -> Iterator[Instance]:
        """Resources of AWS, also those of the provider awscc, of which there is only to tell that they are not read."""
        managed = (instance for instance in self.plan.instances if instance.mode == "managed")
        return (instance for instance in managed if instance.type.startswith(("aws_", "awscc_")))

    def _planned(self, instances: Iterable[Instance], deployment: Deployment, places: Places) -> Iterator[Planned]:
        resolution = Resolution(self.plan, places.place_of, identity, _real(deployment, places))
        key = (deployment.file, deployment.root)
        if key not in self._locations:
            self._locations[key] = Locations(self.plan, *key, self.entries)
        for instance in instances:
            yield Planned(
                address=instance.address,
                type=instance.type,
                name=instance.name,
                values=resolution.values_of(instance),
                place=places.place_of(instance),
                location=self._locations[key].of(instance),
                index=instance.key,
                module=instance.module,
                provider=places.provider_of(instance),
                mode=instance.mode,
                actions=instance.actions,
            )

    def _messages(self, deployment: Deployment, places: Places) -> Iterator[str]:
        account, region = places.default
        if deployment.is_final and account != deployment.account:
            yield f"{deployment.file}: the plan was made in account {account}, not in {deployment.account}"
        if deployment.is_final and region != deployment.region:
            yield f"{deployment.file}: the plan was made for region {region}, not for {deployment.region}"
        for name, given in deployment.parameters.items():
            if name in self.plan.variables and str(self.plan.variables[name]) != given:
                yield f"{deployment.file}: the plan was made with another value of {name} than it is given here"


def open_plan(file: Path, value: Value = None) -> TerraformPlan:
    """The plan in a file, or in its JSON where somebody parsed that already (lines are not known then).

    Raises `InvalidInputError` for what is no plan JSON of a version that is read, and says what to do instead.
    """
    text = ""
    try:
        with unsearched():
            if value is None:
                value, text = read_plan(file)
            else:
                require_plan(value, file)
            plan, entries = plan_of(value, str(file)), entries_in(text)
            return TerraformPlan(file, plan, entries, literals_of(plan, entries))
    except RecursionError as error:
        raise InvalidInputError("is nested too deeply to be a plan", file=file) from error


def _real(deployment: Deployment, places: Places) -> frozenset[str]:
    """The texts that are no placeholders, whatever they look like."""
    return places.real_accounts | frozenset(deployment.parameters.values()) | deployment.accounts
