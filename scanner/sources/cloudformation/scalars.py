"""What words without quotes mean, as CloudFormation reads them.

CloudFormation reads YAML 1.1, where `yes` is true and 010 is eight
(https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/template-formats.html, and
https://github.com/aws/aws-cli/pull/5257; seen 2026-11). Account ids are the exception that people mean: twelve digits
stay text, with their zeros. Dates stay text, as they do there; so do infinities, numbers to the base of sixty, and
numbers that no setting of AWS reaches, for those only help to crash what comes after.
"""

import re
from collections.abc import Mapping

from scanner.estate.unknown import Value


def plain_word(text: str) -> Value:
    """A YAML word without quotes: None, True, False, a number or the text itself."""
    if text[:1] in _NUMBER_STARTS:
        return number(text)
    return _WORDS.get(text, text)


def number(text: str) -> Value:
    """The number that a text spells in JSON or YAML; the text itself if it spells none, or an account id."""
    if _DECIMAL.fullmatch(text):
        return text if _is_account_id(text) else int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    found = _OTHER_INTEGER.fullmatch(text)
    if found is None or _is_account_id(text):
        return text
    return int(text.replace("_", ""), _BASES[str(found.lastgroup)])


def misread_account_id(text: str) -> int | None:
    """The number that CloudFormation makes of an account id without quotes that could be an octal number."""
    return int(text, 8) if _OCTAL_ACCOUNT_ID.fullmatch(text) else None


def _is_account_id(text: str) -> bool:
    return len(text) == _ACCOUNT_ID_LENGTH and text.isdigit()


_ACCOUNT_ID_LENGTH = 12
_NUMBER_STARTS = frozenset("+-.0123456789")
_DECIMAL = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_FLOAT = re.compile(r"[-+]?(?:[0-9]{1,18}\.[0-9]{0,30}|\.[0-9]{1,30}|[0-9]{1,18}(?=[eE]))(?:[eE][-+]?[0-9]{1,2})?")
_OTHER_INTEGER = re.compile(
    r"[-+]?(?:(?P<octal>0[0-7_]{1,20})|(?P<hexadecimal>0x[0-9a-fA-F][0-9a-fA-F_]{0,15})|(?P<binary>0b[01][01_]{0,62})"
    r"|(?P<decimal>[1-9][0-9_]{1,17}))"
)
_BASES: Mapping[str, int] = {"octal": 8, "hexadecimal": 16, "binary": 2, "decimal": 10}
_OCTAL_ACCOUNT_ID = re.compile(r"0[0-7]{11}")
_WORDS: Mapping[str, Value] = {
    "": None,
    "~": None,
    **dict.fromkeys(("null", "Null", "NULL"), None),
    **dict.fromkeys(("true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON"), True),
    **dict.fromkeys(("false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF"), False),
}
