"""Protection built from what the estate file says: a copy that no rule makes gets everything that it takes.

That is the bucket where it was asked for, versions at both ends, the rule with its role, and whatever keys and policies
the objects meet on their way; all of it the least that does.
"""

from collections.abc import Mapping

from scanner.analysis.annotation import bucket_id, buckets_by_id
from scanner.analysis.arns import partition_of
from scanner.analysis.declarations import bucket_named
from scanner.analysis.kinds import BUCKET
from scanner.analysis.replication.links import Link
from scanner.estate.resource import Resource
from scanner.estate.unknown import Unknown, Value
from scanner.findings.finding import Finding
from scanner.remedies.asked_copies import Asked, asked_of, encryption, versioned, with_destination
from scanner.remedies.copy_rules import with_new_rules
from scanner.remedies.drafting import CannotError, changed, proposing
from scanner.remedies.existing_objects import with_existing_objects
from scanner.remedies.link_grants import check_all_known
from scanner.remedies.link_mending import mended
from scanner.remedies.link_rules import enabled
from scanner.remedies.link_views import LinkName, link_named, links_in, name_from, name_of
from scanner.remedies.proposals import Remedy, Situation
from scanner.remedies.replication_roles import with_role


def built(situation: Situation, source: Resource, asked: Asked) -> Situation:
    """The situation in which a copy is made, by rules of its own beside all others of the source.

    Raises `CannotError` where something that it takes is not known, or not for drscan to decide.
    """
    bucket = situation.current(source)
    destination = f"arn:{partition_of(bucket.arn)}:s3:::{asked.copy.bucket}"
    is_new = (partition_of(bucket.arn), asked.copy.bucket) not in buckets_by_id(situation.working)
    situation = versioned(with_destination(situation, bucket, asked), bucket)
    situation, names = with_new_rules(situation, situation.current(bucket), destination, asked, asked.prefixes)
    for name in names:
        situation = with_existing_objects(mended(situation, name), name)
        check_all_known(situation, name)
    return _with_default_key(situation, names[0]) if is_new else situation


def _with_default_key(situation: Situation, name: LinkName) -> Situation:
    """A new bucket encrypts by default with the key that its replicas get, so that restores are under it, too."""
    end = link_named(situation, name).ends
    if end.replica_key is None or end.destination.bucket is None or not isinstance(end.replica_key.arn, str):
        return situation
    default = encryption(end.replica_key.arn)
    return changed(situation, end.destination.bucket.with_properties(BucketEncryption=default))


def _protecting(situation: Situation, finding: Finding) -> Situation:
    """Every copy that an entry of the estate file asks for is made, or mended where a rule makes it in vain."""
    source = _source(situation, finding.resource)
    for copy in finding.resource.properties["Copies"]:
        asked = asked_of(situation.intent, source, copy["Bucket"])
        if asked is None or (copy.get("Works") is True and copy.get("IsInPlace") is True):
            continue
        names = _names_to(situation, source, asked)
        if not names:
            situation = built(situation, source, asked)
            continue
        situation = with_destination(situation, source, asked)
        if copy.get("Works") is not True:
            situation = with_existing_objects(mended(situation, names[0]), names[0])
    return situation


def _source(situation: Situation, protected: Resource) -> Resource:
    entry = next((one for one in situation.intent.protect if one.bucket and one.name == protected.name), None)
    name = protected.properties["Bucket"]
    key = bucket_named(situation.intent, name, entry.account if entry else protected.account)
    found = buckets_by_id(situation.working).get(key)
    if found is not None and entry is not None and entry.account not in ("", found.account):
        raise CannotError(f"bucket {name} belongs to account {found.account}: correct its account in estate.yaml")
    if found is None:
        doubt = situation.working.blind(BUCKET, protected.account or None)
        why = f"was not seen: {doubt.reason}" if doubt else "is not there: restore it, or correct estate.yaml"
        raise CannotError(f"bucket {name} {why}")
    return found


def _names_to(situation: Situation, source: Resource, asked: Asked) -> list[LinkName]:
    """The links of a bucket to a copy, those that are switched on first."""
    copy = f"arn:{partition_of(source.arn)}:s3:::{asked.copy.bucket}"
    links = [link for link in links_in(situation).into(copy) if bucket_id(link.source) == bucket_id(source)]
    return [name_of(link) for link in sorted(links, key=lambda link: link.features.status != "Enabled")]


def _enabling(situation: Situation, finding: Finding) -> Situation:
    """A rule that is switched off is switched on; a copy that no rule makes is built."""
    link, name = finding.resource.properties, name_from(finding.resource)
    if link.get("Rule") is None:
        return _built_for(situation, link)
    if link.get("Role") is None:
        situation = with_role(situation, name)
    return with_existing_objects(enabled(situation, name), name)


def _mending(situation: Situation, finding: Finding) -> Situation:
    """Whatever keeps objects from arriving is put right; a copy that no rule makes is built."""
    link, name = finding.resource.properties, name_from(finding.resource)
    if link.get("Rule") is None:
        return _built_for(situation, link)
    return with_existing_objects(mended(situation, name), name)


def _built_for(situation: Situation, link: Mapping[str, Value]) -> Situation:
    """The situation in which the copy is made for which the estate file asks in vain."""
    source = buckets_by_id(situation.working)[partition_of(link["Source"]["Arn"]), link["Source"]["Bucket"]]
    asked = asked_of(situation.intent, source, link["Destination"]["Bucket"])
    if asked is None:
        raise CannotError(f"estate.yaml says that {source.name} must be protected, and not where: name a copy")
    return situation if _names_to(situation, source, asked) else built(situation, source, asked)


def _covering(situation: Situation, finding: Finding) -> Situation:
    """Keys that no rule takes to a copy get one: a rule that is there and switched off, or a new one beside it."""
    link = link_named(situation, name_from(finding.resource))
    asked = asked_of(situation.intent, link.source, link.ends.destination.name)
    if asked is None:
        return situation
    missing = [prefix for prefix in asked.prefixes if not _is_covered(situation, link, prefix)]
    for prefix in missing:
        asleep = next((one for one in _beside(situation, link) if _takes(one, prefix)), None)
        if asleep is not None:
            situation = enabled(situation, name_of(asleep))
            continue
        bucket = situation.current(link.source)
        situation, names = with_new_rules(situation, bucket, link.ends.destination.arn, asked, (prefix,))
        situation = with_existing_objects(mended(situation, names[0]), names[0])
    return situation


def _beside(situation: Situation, link: Link) -> list[Link]:
    """The links from the same source to the same destination, in the order of their rules."""
    found = links_in(situation).into(link.ends.destination.arn)
    return [one for one in found if bucket_id(one.source) == bucket_id(link.source)]


def _is_covered(situation: Situation, link: Link, prefix: str) -> bool:
    return any(one.features.status == "Enabled" and _takes(one, prefix) for one in _beside(situation, link))


def _takes(link: Link, prefix: str) -> bool:
    known = isinstance(link.features.prefix, str) and not isinstance(link.features.tags, Unknown)
    return known and not link.features.tags and prefix.startswith(str(link.features.prefix))


REMEDIES: tuple[Remedy, ...] = (
    Remedy("cover-prefixes", "adds a rule for the keys that no rule takes to the copy", proposing(_covering)),
    Remedy("build-protection", "makes every copy that estate.yaml asks for, with all it takes", proposing(_protecting)),
    Remedy("mend-link", "puts right whatever keeps objects from arriving", proposing(_mending)),
    Remedy("enable-replication", "switches the rule on, or makes the one that is missing", proposing(_enabling)),
)
"""The remedies of what must be protected."""
