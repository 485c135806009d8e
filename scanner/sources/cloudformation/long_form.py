"""CloudFormation's functions, in the one form that the rest of drscan knows: a mapping with one key.

YAML has a short form, too, in tags such as `!Ref`. Only the tags that AWS documents are known; YAML's own tags could
construct anything and no template needs them.
"""

from collections.abc import Mapping

from scanner.estate.unknown import Value

_FUNCTIONS = """
    And Base64 Cidr Contains EachMemberEquals EachMemberIn Equals FindInMap ForEach GetAZs GetAtt GetStackOutput If
    ImportValue Join Length Not Or RefAll Select Split Sub ToJsonString Transform ValueOf ValueOfAll
"""
KEYS: Mapping[str, str] = {
    "!Ref": "Ref",
    "!Condition": "Condition",
    **{f"!{name}": f"Fn::{name}" for name in _FUNCTIONS.split()},
}
"""The key that each short form stands for
(https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/intrinsic-function-reference.html and the
functions of rules, intrinsic-function-reference-rules.html; seen 2026-11)."""


def long_form(mapping: dict[str, Value]) -> dict[str, Value]:
    """The mapping itself, but `{"Fn::GetAtt": "Stack.Outputs.Arn"}` as `{"Fn::GetAtt": ["Stack", "Outputs.Arn"]}`."""
    if len(mapping) == 1 and isinstance(name := mapping.get(_GET_ATT), str):
        return {_GET_ATT: name.split(".", 1)}
    return mapping


_GET_ATT = "Fn::GetAtt"
