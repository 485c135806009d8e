"""Drills of links on an emulated AWS: what arrives, what is told, and that exactly the canary is deleted again."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import boto3
import pytest
from moto.s3.responses import S3Response
from replicating import READ, Pair, guarded, plain

from scanner import audit
from scanner.analysis.replication.links import View
from scanner.demo.emulation import Emulation, empty
from scanner.demo.parts import bucket
from scanner.demo.replicator import playing
from scanner.drill.choosing import link_named
from scanner.drill.conducting import conduct
from scanner.drill.objects import Access
from scanner.drill.planning import plan_drill
from scanner.drill.running import Drill
from scanner.drill.watching import Timing
from scanner.estate.intent import Intent
from scanner.estate.needs import Need
from scanner.sources.aws.reader import read
from scanner.sources.aws.targets import Target

QUICK = Timing(shortest=0.05)
SUB_RESOURCE = re.compile(r"[?&](acl|retention|tagging)\b")


@pytest.fixture(scope="module")
def aws() -> Iterator[Emulation]:
    with empty() as emulation, playing(emulation.endpoint_url, delay=0.05):
        yield emulation


@cache
def session() -> Any:
    """One session for all, for models take long to load."""
    return boto3.Session()


@cache
def needs() -> frozenset[Need]:
    return audit.question(Intent(), ids=("replication-link-works",)).needs


@pytest.fixture(autouse=True)
def environment(aws: Emulation, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in aws.environment.items():
        monkeypatch.setenv(name, value)


@dataclass
class Told:
    """How a drill ended: its exit code, and what it said."""

    code: int = -1
    lines: list[str] = field(default_factory=list)

    def say(self, line: str) -> None:
        self.lines += line.split("\n")

    def all(self, start: str) -> list[str]:
        return [line for line in self.lines if line.startswith(start)]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)


def targets(link: Pair, *, see_destination: bool = True) -> list[Target]:
    places = (link.here, link.there) if see_destination else (link.here,)
    return [Target(place.account, place.account, place.iam("role/drscan"), None, (place.region,)) for place in places]


def prepared(link: Pair, *, prefix: str | None = None, see_destination: bool = True) -> Drill:
    """A drill of the pair's link, by what a scan sees of it."""
    found = targets(link, see_destination=see_destination)
    view = View.of(read(found, needs(), workers=1, session=session()))
    chosen = link_named(view, f"{link.source}/")
    return Drill(plan_drill(view, chosen, "stamp", prefix), Access(found, session()), QUICK)


def drilled(link: Pair, deadline: float = 20.0, *, keep: bool = False, **how: Any) -> Told:
    told = Told()
    told.code = conduct(prepared(link, **how), deadline, keep=keep, say=told.say, note=lambda _: None)
    return told


def versions(link: Pair) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    return link.versions(), link.versions(there=True)


def test_a_canary_goes_through_a_link_into_another_account_and_is_deleted_at_both_ends(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    link.s3.put_object(Bucket=link.source, Key="drscan-drill/mine", Body=b"keep me")
    assert link.settled("drscan-drill/mine") == "COMPLETED"
    before = versions(link)
    told = drilled(link)
    assert (told.code, told.all("  FAIL"), told.all("  UNKNOWN")) == (0, [], [])
    assert told.all("ARRIVED in ")
    assert len(told.all("deleted ")) == 2
    assert versions(link) == before


def test_tags_that_the_rule_asks_for_are_written(aws: Emulation) -> None:
    tags = [{"Key": "dr", "Value": "yes = no"}, {"Key": "tier", "Value": "1"}]
    link = plain(aws.endpoint_url, Filter={"And": {"Prefix": "logs/", "Tags": tags}})
    told = drilled(link)
    assert told.code == 0
    assert any('"dr": "yes = no"' in line for line in told.all("  PASS     tags"))


def test_keys_and_locks_are_compared_and_what_is_locked_stays_and_is_said_to(aws: Emulation) -> None:
    link = guarded(aws.endpoint_url, "COMPLIANCE", 3)
    told = drilled(link)
    assert told.code == 0
    assert told.all("  PASS     encryption key  arn:aws:kms:eu-west-1:")
    assert told.all("  PASS     Object Lock     COMPLIANCE until ")
    left = told.all("left ")
    assert len(left) == 2
    assert all("locked in COMPLIANCE until " in line for line in left)
    assert [len(found) for found in versions(link)] == [1, 1]


def test_a_broken_link_fails_with_the_reason_that_the_link_analysis_gives(aws: Emulation) -> None:
    link = plain(aws.endpoint_url, admitted=())
    told = drilled(link)
    assert told.code == 1
    assert told.all("FAILED after ")
    assert "  By the link analysis the reason is DstPutObjectNotPermitted." in told.lines
    assert any("s3:ReplicateObject" in line and link.copy in line for line in told.all("  - "))
    assert versions(link) == ([], [])


def test_lost_tags_make_it_arrive_and_differ(aws: Emulation) -> None:
    told = drilled(plain(aws.endpoint_url, read=READ[:2]))
    assert told.code == 1
    assert told.all("  FAIL") == ['  FAIL     tags            expected {"drscan-drill": "canary"}, found {}']


def test_what_other_rules_copy_is_deleted_there_too(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    other = f"other-{link.copy}"
    link.build(*bucket(link.here, other))
    link.replicate(link.rule(), link.rule(ID="more", Priority=2, Destination={"Bucket": f"arn:aws:s3:::{other}"}))
    found = targets(link)
    view = View.of(read(found, needs(), workers=1, session=session()))
    plan = plan_drill(view, link_named(view, link.link), "stamp")
    assert [spot.bucket for spot in plan.others] == [other]
    told = Told()
    told.code = conduct(
        Drill(plan, Access(found, session()), QUICK), 20.0, keep=False, say=told.say, note=lambda _: None
    )
    assert told.code == 0  # the second rule's role may not write there: its FAILED is not this link's
    assert told.all(f"nothing  s3://{other}/")
    assert versions(link) == ([], [])


def test_a_deadline_ends_it_and_the_canary_is_deleted(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    told = drilled(link, deadline=0.01)
    assert told.code == 1
    assert told.all("LATE: ")
    assert "PENDING" in told.text
    assert versions(link) == ([], [])


def test_what_no_rule_takes_is_said_to_be_taken_by_none(aws: Emulation) -> None:
    link = guarded(aws.endpoint_url)
    rule = link.s3.get_bucket_replication(Bucket=link.source)["ReplicationConfiguration"]["Rules"][0]
    rule.pop("SourceSelectionCriteria")
    rule["Destination"].pop("EncryptionConfiguration")
    link.replicate(rule)
    told = drilled(link, deadline=0.3)
    assert told.code == 1
    assert told.all("NOT TAKEN: ")
    assert any("does not select" in line for line in told.all("  - "))


def test_without_access_to_the_destination_s3s_word_is_all_there_is(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    told = drilled(link, see_destination=False)
    assert told.code == 3
    assert told.all("NOT SEEN: ")
    assert "COMPLETED" in told.text
    left = told.all("left ")
    assert len(left) == 1
    assert f"account {link.there.account} is not among the accounts of the estate" in left[0]
    assert [len(found) for found in versions(link)] == [0, 1]


def test_a_failure_is_a_failure_without_access_to_the_destination(aws: Emulation) -> None:
    told = drilled(plain(aws.endpoint_url, read=READ[1:]), see_destination=False)
    assert told.code == 1
    assert told.all("FAILED after ")


@pytest.fixture
def amiss(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Makes the emulated S3 answer an error to requests on objects: `method` and `query` in an `account`.

    With `after` the request is done all the same, and only its answer is lost.
    """

    def make(account: str, method: str, query: str = "", *, status: int = 403, after: bool = False) -> None:
        original = S3Response._key_response

        def answer(self: Any, request: Any, full_url: str) -> Any:
            asked = request.method == method and (query in full_url if query else not SUB_RESOURCE.search(full_url))
            if self.current_account != account or not asked:
                return original(self, request, full_url)
            if after:
                original(self, request, full_url)
            return status, {}, f"<Error><Code>{'AccessDenied' if status == 403 else 'InternalError'}</Code></Error>"

        monkeypatch.setattr(S3Response, "_key_response", answer)

    return make


@pytest.mark.parametrize(
    ("query", "what", "action", "code"),
    [
        ("?tagging", "tags", "s3:GetObjectVersionTagging", 3),
        ("?retention", "Object Lock", "s3:GetObjectRetention", 3),
        ("?acl", "owner", "s3:GetObjectVersionAcl", 0),
    ],
)
def test_what_may_not_be_read_of_the_replica_is_unknown_with_its_action(
    aws: Emulation, amiss: Callable[..., None], query: str, what: str, action: str, code: int
) -> None:
    link = guarded(aws.endpoint_url)
    amiss(link.there.account, "GET", query)
    told = drilled(link)
    assert told.code == code
    (unknown,) = told.all("  UNKNOWN")
    assert unknown.startswith(f"  UNKNOWN  {what}")
    assert unknown.endswith(f"needs {action}")


def test_a_copy_that_may_not_be_looked_at_is_unseen_and_deleted_blindly(
    aws: Emulation, amiss: Callable[..., None]
) -> None:
    link = plain(aws.endpoint_url)
    amiss(link.there.account, "HEAD")
    told = drilled(link)
    assert told.code == 3
    assert "s3:HeadObject refused: 403; needs s3:GetObject" in told.text
    assert versions(link) == ([], [])


def test_what_may_not_be_deleted_is_left_and_said_to_be(aws: Emulation, amiss: Callable[..., None]) -> None:
    link = plain(aws.endpoint_url)
    amiss(link.there.account, "DELETE", "versionId")
    told = drilled(link)
    assert told.code == 0
    (left,) = told.all("left ")
    assert left.endswith("s3:DeleteObject refused: AccessDenied; needs s3:DeleteObjectVersion")
    assert versions(link)[0] == []
    assert len(versions(link)[1]) == 1


def test_where_writing_is_refused_nothing_is_written_and_nothing_deleted(
    aws: Emulation, amiss: Callable[..., None]
) -> None:
    link = plain(aws.endpoint_url)
    amiss(link.here.account, "PUT")
    told = drilled(link)
    assert told.code == 3
    (line,) = told.lines
    assert line.startswith("NOT WRITTEN: s3://")
    assert line.endswith("s3:PutObject refused: AccessDenied; needs s3:PutObject")


def test_a_canary_whose_answer_was_lost_is_found_and_the_drill_goes_on(
    aws: Emulation, amiss: Callable[..., None]
) -> None:
    link = plain(aws.endpoint_url)
    amiss(link.here.account, "PUT", status=500, after=True)
    told = drilled(link)
    assert told.code == 0
    assert versions(link) == ([], [])


def test_a_writing_that_failed_for_certain_leaves_nothing_to_clean(aws: Emulation, amiss: Callable[..., None]) -> None:
    link = plain(aws.endpoint_url)
    amiss(link.here.account, "PUT", status=500)
    told = drilled(link)
    assert (told.code, len(told.lines)) == (3, 1)
    assert versions(link) == ([], [])


def test_a_key_that_is_taken_is_not_written_over(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    link.s3.put_object(Bucket=link.source, Key="mine/stamp", Body=b"precious")
    assert link.settled("mine/stamp") == "COMPLETED"
    before = versions(link)
    told = drilled(link, prefix="mine/")
    assert told.code == 3
    assert "PreconditionFailed" in told.text
    assert versions(link) == before


def test_what_is_not_the_canarys_version_is_never_deleted(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    drill = prepared(link)
    version = drill.write()
    key = drill.plan.source.key
    assert link.settled(key) == "COMPLETED"
    mine = link.s3_there.put_object(Bucket=link.copy, Key=key, Body=b"somebody's")["VersionId"]
    cleaned = list(drill.clean())
    assert [(one.version, one.why) for one in cleaned] == [
        (version, ""),
        (version, f"version {mine} is there, which this drill did not write"),
    ]
    assert drill.left == [drill.plan.destination]
    assert versions(link)[0] == []
    assert (key, mine) in versions(link)[1]


@pytest.mark.parametrize("at", ["write", "watch", "compare", "clean"])
def test_an_interruption_at_any_moment_cleans_up_and_comes_out_again(aws: Emulation, at: str) -> None:
    link, told = plain(aws.endpoint_url), Told()
    drill = prepared(link)
    calls = iter(range(100))

    class Interrupted(Drill):
        def __getattribute__(self, name: str) -> Any:
            if name == at and not next(calls):
                if at == "write":
                    super().__getattribute__(name)()
                raise KeyboardInterrupt
            return super().__getattribute__(name)

    under_way = Interrupted(drill.plan, Access(targets(link), session()), QUICK)
    with pytest.raises(KeyboardInterrupt):
        conduct(under_way, 20.0, keep=False, say=told.say, note=lambda _: None)
    if at == "clean":
        assert len(told.all("may still be there: s3://")) == 2
        assert len(told.all("  aws s3api delete-object --bucket ")) == 2
        assert len(list(under_way.clean())) == 2
    assert versions(link) == ([], [])


def test_the_canary_is_kept_where_that_is_wanted(aws: Emulation) -> None:
    link = plain(aws.endpoint_url)
    told = drilled(link, keep=True)
    assert (told.code, len(told.all("kept "))) == (0, 2)
    assert [len(found) for found in versions(link)] == [1, 1]
