"""What parameters and pseudo parameters are in one case and place.

Given beats assumed beats default. Facts on pseudo parameters: CloudFormation's template reference, "Pseudo parameters
reference" (2026-11); domain suffixes: botocore's partitions (2026-11).
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from scanner.estate.unknown import Unknown, Value
from scanner.sources.cloudformation.parameters import AnyOther, Parameter
from scanner.sources.declared import OTHER, UNNAMED_ACCOUNT, UNNAMED_REGION, Deployment

PSEUDO_PARAMETERS = (
    "AWS::AccountId",
    "AWS::NoValue",
    "AWS::NotificationARNs",
    "AWS::Partition",
    "AWS::Region",
    "AWS::StackId",
    "AWS::StackName",
    "AWS::URLSuffix",
)


@dataclass(frozen=True, slots=True)
class Values:
    """The parameters of a template, and what is known of their values.

    `given` holds texts, and an Unknown for what a parent stack passes on and does not know itself. `passed_on` are
    those of them that are an undecided parameter of the parent, and whether this case leaves it open.
    """

    parameters: Mapping[str, Parameter]
    deployment: Deployment
    given: Mapping[str, str | Unknown]
    passed_on: Mapping[str, bool] = field(default_factory=dict)

    def text(self, name: str) -> str | Unknown:
        """The text that is the parameter's value, secrets included: for comparisons only."""
        parameter = self.parameters[name]
        if self._is_undecided(name) and isinstance(option := self.deployment.assumed.get(name), str):
            return AnyOther(f"parameter {name} has a value that nobody gave") if option == OTHER else option
        given = self.given.get(name)
        if parameter.is_stored:
            return parameter.missing(given if isinstance(given, str) else None)
        if given is not None:
            return given
        return parameter.missing() if parameter.default is None else parameter.default

    def undecided(self) -> frozenset[str]:
        """The parameters that nobody decided, whatever this case assumes of them, and the pseudo parameters."""
        names = {name for name in self.parameters if self._is_undecided(name)}
        if self.deployment.account == UNNAMED_ACCOUNT:
            names.add("AWS::AccountId")
        if self.deployment.region == UNNAMED_REGION:
            names.add("AWS::Region")
        return frozenset((*names, "AWS::StackName", "AWS::StackId", "AWS::NotificationARNs"))

    def left_open(self) -> frozenset[str]:
        """Those of the undecided that this case assumes nothing of."""
        closed = {name for name, is_open in self.passed_on.items() if not is_open}
        return self.undecided() - closed - set(self.deployment.assumed)

    def pseudo(self, name: str) -> Value:
        """The value of a pseudo parameter other than `AWS::NoValue`; None for a name that is none.

        A stack's name and id are not known; their stand-ins are texts, for names made of them are the same everywhere.
        """
        to = self.deployment
        match name:
            case "AWS::AccountId":
                return to.account
            case "AWS::Region":
                return to.region
            case "AWS::Partition":
                return to.partition
            case "AWS::URLSuffix":
                reason = f"the domain of partition {to.partition} is not known"
                return _DOMAINS.get(to.partition, Unknown(reason))
            case "AWS::StackName":
                return to.stand_in("stack-name")
            case "AWS::StackId":
                where = f"{to.partition}:cloudformation:{to.region}:{to.account}"
                return f"arn:{where}:stack/{to.stand_in('stack-name')}/{to.stand_in('stack-id')}"
            case "AWS::NotificationARNs":
                return Unknown("who is notified of the stack is only known when it is deployed")
        return None

    def _is_undecided(self, name: str) -> bool:
        if self.parameters[name].is_stored or name in self.passed_on:
            return True
        if name in self.given:
            return isinstance(self.given[name], Unknown) and not isinstance(self.given[name], AnyOther)
        return self.parameters[name].default is None or not self.deployment.is_final


_DOMAINS: Mapping[str, str] = {
    "aws": "amazonaws.com",
    "aws-cn": "amazonaws.com.cn",
    "aws-us-gov": "amazonaws.com",
    "aws-eusc": "amazonaws.eu",
    "aws-iso": "c2s.ic.gov",
    "aws-iso-b": "sc2s.sgov.gov",
    "aws-iso-e": "cloud.adc-e.uk",
    "aws-iso-f": "csp.hci.ic.gov",
}
