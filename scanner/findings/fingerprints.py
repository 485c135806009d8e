"""Fingerprints: what makes a finding today the same finding as yesterday's.

A baseline, a ticket or a dashboard refers to a finding by its fingerprint, so it must survive whatever does not change
the fault itself: another line in a template, a reworded rule, a new version, a good element put before the bad one.
"""

import re
from collections.abc import Iterable
from hashlib import sha256

_INDEX = re.compile(r"\[\d+\]")


def fingerprint(rule_id: str, identity: str, evidence_paths: Iterable[str], more: int = 0) -> str:
    """32 hexadecimal digits made of rule, resource (`Resource.identity`) and the paths of the evidence; nothing else.

    Positions in lists do not count, but how many elements are at fault does (`more` adds those that evidence was capped
    at): the fault that moves stays the same, and a second fault beside a known one is not hidden by it.
    """
    places = sorted(_INDEX.sub("[]", path) for path in evidence_paths)
    parts = (rule_id, identity, *places, str(more))
    # Every part is led by its length: no choice of names can make two findings look the same.
    text = "".join(f"{len(part)}:{part}" for part in parts)
    return sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]
