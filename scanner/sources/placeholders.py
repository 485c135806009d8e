"""Placeholders: what the author of a template left for somebody to fill in, and nobody did.

A template that still says `REPLACE_ME` or `arn:aws:iam::AccountId:role/x` describes nothing that will exist, so nothing
can be said of it. A real name that is taken for a placeholder would silence every rule about it, though; hence only
texts that nobody gives to a thing of their own, and the doubtful ones only where an ARN shows what they stand for.
"""

import re
from collections.abc import Collection, Iterator

LONGEST = 20_000
"""How many characters of a text are looked at: a longer one is data (a script, a document), not a name."""


def placeholder_in(text: str, *, real: Collection[str] = ()) -> str | None:
    """The first part of a property's value that is a placeholder, or None where there is none.

    `real` are account ids that somebody vouches for (the deployment's, those of the estate file): AWS's documentation
    uses `123456789012`, and so does whoever tries things out on an emulator. References that are still in the text
    (`${AWS::Partition}`) are none. Time is linear in the text.
    """
    plain = _REFERENCE.sub("$", text[:LONGEST])
    return next((found for found in _candidates(plain) if found not in real), None)


_REFERENCE = re.compile(r"\$\{[^{}]*\}")


_LOUD = re.compile(
    r"""
    (?<![A-Za-z0-9])(?:
        (?:(?:REPLACE|CHANGE|FILL|FIX)[-_]?ME | (?:replace|change|fill)[-_]?me)(?![A-Za-z0-9])
      | (?:REPLACE|CHANGE)[-_](?:THIS|WITH|BY)(?![A-Za-z0-9])
      | (?:TO|MUST)[-_]BE[-_](?:REPLACED|CHANGED|FILLED|DEFINED)(?![A-Za-z0-9])
      | YOUR[-_][A-Z][A-Z0-9_-]{0,60}
      | INSERT[-_][A-Z][A-Z0-9_-]{0,60}[-_]HERE(?![A-Za-z0-9])
    )
    | (?<![A-Za-z0-9!])!{3}[A-Za-z][A-Za-z0-9_-]{0,60}
    """,
    re.VERBOSE,
)
"""What nobody writes for any other reason, so that it counts in prose, too."""

_THING = "(?:aws|s3|kms|iam|account|bucket|key|role|region|org|organization|vpc|vault|topic|domain|company|email|arn)"
_TOKEN = re.compile(
    rf"""
    (?<![A-Za-z0-9])(?:
        your[-_]{_THING}(?:[-_][A-Za-z0-9_-]{{0,60}})?
      | [Yy]our(?:Aws|AWS|S3|Kms|KMS|Iam|IAM|Account|Bucket|Key|Role|Region|Org)[A-Za-z]{{0,60}}
      | (?:[a-z0-9]{{1,3}}-)?(?:my|source|src|destination|dest|target|replica)[-_]bucket[-_]name
      | DOC-EXAMPLE-BUCKET[0-9]{{0,3}}
      | amzn-s3-demo-[a-z0-9-]{{1,60}}
      | awsexamplebucket[0-9]{{0,3}}
    )(?![A-Za-z0-9])
    """,
    re.VERBOSE,
)
"""What is one within a value that is a single word: a name, an ARN, an address. S3 lets nobody have a bucket called
`amzn-s3-demo-...` (bucket naming rules, read 2026-11-21)."""

_BRACKETED = re.compile(r"(?<![A-Za-z0-9<>])<[A-Za-z][A-Za-z0-9 _-]{0,60}>")
"""`<YOUR-BUCKET>`, and not the type `array<string>`."""

_BUCKET = re.compile(r"(?:my|your|example)[-_]?bucket|my[-_]s3[-_]bucket|my[-_]?bucket[-_]?name")
_ID = re.compile(
    r"""
      123456789012 | 111122223333 | 444455556666 | 777788889999
    | 1234abcd-12ab-34cd-56ef-1234567890ab | a1b2c3d4-5678-90ab-cdef-EXAMPLE[0-9a-z]{5}
    | o-exampleorgid | r-examplerootid[0-9]* | ou-examplerootid[0-9]*-exampleouid[0-9]*
    | [xX]{3,} | (?:o|r|ou|vpc|vpce|i|ami|snap|vol|sg|subnet)-x{4,} | [xX]{8}(?:-[xX]{4}){3}-[xX]{12}
    """,
    re.VERBOSE,
)
"""Accounts, keys and organizations of AWS's documentation, and ids that were crossed out."""

_WORD = re.compile("FIXME|TBD|PLACEHOLDER|placeholder")

_ARN_ACCOUNT = re.compile(r"[a-z0-9_-]*account[a-z0-9_-]*", re.IGNORECASE)
"""The account of an ARN is twelve digits or the name of a service, and no service is called like this."""

_ARN_NAMES = {
    "s3": re.compile(r"(?:[A-Za-z0-9]{1,20}[-_]){0,5}bucket[-_]?name|[A-Za-z0-9]{0,30}BucketName|BUCKET(?:_?NAME)?"),
    "kms": re.compile(r"(?:kms[-_])?key[-_]?id|(?:K[Mm][Ss])?Key(?:I[Dd])?|(?:KMS_?)?KEY_?ID"),
    "iam": re.compile(r"role[-_]name|RoleName|ROLE_?NAME"),
}
"""What is one as the name in an ARN of that service; elsewhere these are names of dimensions, parameters and tags."""


def _candidates(text: str) -> Iterator[str]:
    if _BRACKETED.fullmatch(text):
        yield text
    yield from (found[0] for found in _LOUD.finditer(text))
    if any(map(str.isspace, text)):
        return
    yield from (found[0] for found in _TOKEN.finditer(text))
    # Not in markup, nor in an event's input template, where they stand for what the event says.
    if not any(sign in text for sign in ("</", "/>", '"', "{")):
        yield from (found[0] for found in _BRACKETED.finditer(text))
    if any(words.fullmatch(text) for words in (_BUCKET, _ID, _WORD)):
        yield text
    if text.startswith("arn:"):
        yield from _in_arn(text)


def _in_arn(arn: str) -> Iterator[str]:
    fields = arn.split(":", 5)
    if len(fields) < 6:
        return
    service, account, resource = fields[2], fields[4], fields[5]
    if _ARN_ACCOUNT.fullmatch(account):
        yield account
    yield from (part for part in re.split("[:/]", f"{account}/{resource}") if _ID.fullmatch(part))
    name = resource.partition("/")[0] if service == "s3" else resource.rpartition("/")[2]
    names = _ARN_NAMES.get(service)
    if (names and names.fullmatch(name)) or (service == "s3" and _BUCKET.fullmatch(name)):
        yield name
