"""The canary at one end of the link: written, looked at, read back, deleted by its version.

Everything that is read may be refused by itself; then an `Unknown` with the reason stands where the value would be.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

from botocore import xform_name
from botocore.exceptions import ClientError

from scanner.drill import actions
from scanner.drill.planning import Canary, Spot
from scanner.estate.unknown import Unknown
from scanner.sources.aws.calls import Call
from scanner.sources.aws.faults import CALL_ERRORS, Failure, Kind, failure_of
from scanner.sources.aws.patience import Patience
from scanner.sources.aws.sessions import Entered, Gate
from scanner.sources.aws.targets import Target, open_session

ALGORITHM = "SHA256"
"""The checksum that the canary is written with."""


class Access:
    """Clients for S3 in the accounts of the estate, by their roles or the session's own credentials."""

    def __init__(self, targets: Sequence[Target], session: Any = None) -> None:
        self._targets = {target.account_id: target for target in targets}
        session = session or open_session()
        # Writing is never repeated by botocore itself: a lost answer would make a second version.
        self._gates = {False: Gate(session), True: Gate(session, Patience(attempts=1, mode="standard"))}
        self._entered: dict[tuple[str, bool], Entered | Unknown] = {}

    def s3(self, spot: Spot, *, once: bool = False) -> Any:
        """The client for a spot, which makes calls `once` or with patience; an `Unknown` where there is no way in."""
        if not spot.account:
            return Unknown(spot.doubt or f"which account owns bucket {spot.bucket} was not seen")
        key = (spot.account, once)
        if key not in self._entered:
            self._entered[key] = self._enter(*key)
        entered = self._entered[key]
        if isinstance(entered, Unknown):
            return entered
        return entered.clients.client("s3", spot.region or entered.home.region)

    def doubt(self, spot: Spot) -> str:
        """Why nothing can be done at a spot, empty where its account can be entered."""
        client = self.s3(spot)
        return client.reason if isinstance(client, Unknown) else ""

    def _enter(self, account: str, once: bool) -> Entered | Unknown:
        target = self._targets.get(account)
        if target is None:
            return Unknown(f"account {account} is not among the accounts of the estate")
        entered = self._gates[once].enter(target)
        if isinstance(entered, Failure):
            return Unknown(f"account {account} cannot be entered: {entered.reason}")
        return entered


@dataclass(frozen=True, slots=True)
class Retention:
    """An Object Lock on a version: `GOVERNANCE` or `COMPLIANCE`, and until when."""

    mode: str
    until: datetime

    def __str__(self) -> str:
        return f"{self.mode} until {self.until.astimezone(UTC):%Y-%m-%d %H:%M:%SZ}"


@dataclass(frozen=True, slots=True)
class Seen:
    """One version of the canary as its bucket has it. None means that it has none of it.

    `algorithm` and `key` are of the encryption, `status` is the replication status, `owner` a canonical user id.
    """

    version: str
    size: int
    checksum: str | Unknown | None
    metadata: Mapping[str, str]
    tags: Mapping[str, str] | Unknown
    algorithm: str | None
    key: str | None
    storage_class: str
    status: str | None
    retention: Retention | Unknown | None
    owner: str | Unknown | None


def ask(client: Any, call: Call, **parameters: Any) -> Mapping[str, Any] | Failure:
    """The answer to a call, or why there is none."""
    if isinstance(client, Unknown):
        return Failure(Kind.REFUSED, client.reason)
    try:
        answer: Mapping[str, Any] = getattr(client, xform_name(call.operation))(**parameters)
    except CALL_ERRORS as error:
        return failure_of(error, call)
    return answer


@dataclass(frozen=True, slots=True)
class Unwritten:
    """Why the canary was not written; `is_certain` where S3 said so, and not where no answer came."""

    reason: str
    is_certain: bool


def put(client: Any, spot: Spot, canary: Canary) -> str | Unwritten:
    """Write the canary where nothing is (S3 refuses if something has the key by now); its version id."""
    try:
        answer = client.put_object(
            Bucket=spot.bucket,
            Key=spot.key,
            Body=canary.body,
            Metadata=dict(canary.metadata),
            Tagging=urlencode(canary.tags),
            ContentType="text/plain",
            ChecksumAlgorithm=ALGORITHM,
            IfNoneMatch="*",
        )
    except CALL_ERRORS as error:
        said = error.response.get("ResponseMetadata", {}) if isinstance(error, ClientError) else {}
        status = said.get("HTTPStatusCode", 500)
        return Unwritten(failure_of(error, actions.PUT).reason, status < 500)
    return str(answer.get("VersionId", "null"))


def status_of(client: Any, spot: Spot, version: str) -> str | Unknown | None:
    """The replication status of a version of the source; None where S3 gives it none."""
    answer = ask(client, actions.HEAD_VERSION, Bucket=spot.bucket, Key=spot.key, VersionId=version)
    if isinstance(answer, Failure):
        return Unknown(answer.reason or f"{spot} is gone")
    status: str | None = answer.get("ReplicationStatus")
    # The API knows both words for it: https://docs.aws.amazon.com/AmazonS3/latest/API/API_HeadObject.html (2026-11).
    return "COMPLETED" if status == "COMPLETE" else status


def version_at(client: Any, spot: Spot) -> str | Unknown | None:
    """The version id of the newest object at a spot; None where there is nothing."""
    answer = ask(client, actions.HEAD, Bucket=spot.bucket, Key=spot.key)
    if isinstance(answer, Failure):
        return None if answer.kind is Kind.GONE else Unknown(answer.reason)
    return str(answer.get("VersionId", "null"))


def seen(client: Any, spot: Spot, version: str, *, reads_lock: bool, reads_checksum: bool) -> Seen | Unknown:
    """Everything about one version, without its lock and its checksum where nobody asks for them."""
    there = {"Bucket": spot.bucket, "Key": spot.key, "VersionId": version}
    head, checksum = _head(client, there) if reads_checksum else (ask(client, actions.HEAD_VERSION, **there), None)
    if isinstance(head, Failure):
        return Unknown(head.reason or f"{spot} is gone")
    return Seen(
        version=str(head.get("VersionId", "null")),
        size=head["ContentLength"],
        checksum=checksum,
        metadata=head.get("Metadata", {}),
        tags=_read(client, actions.TAGS, there, _tags),
        algorithm=head.get("ServerSideEncryption"),
        key=head.get("SSEKMSKeyId"),
        storage_class=head.get("StorageClass", "STANDARD"),
        status=head.get("ReplicationStatus"),
        retention=retention_of(client, spot, version) if reads_lock else None,
        owner=_read(client, actions.OWNER, there, _owner),
    )


def retention_of(client: Any, spot: Spot, version: str) -> Retention | Unknown | None:
    """The lock on a version."""
    there = {"Bucket": spot.bucket, "Key": spot.key, "VersionId": version}
    found: Retention | Unknown | None = _read(client, actions.RETENTION, there, _retention)
    return found


def bucket_owner(client: Any, spot: Spot) -> str | Unknown | None:
    """The canonical user id of a bucket's owner."""
    found: str | Unknown | None = _read(client, actions.BUCKET_OWNER, {"Bucket": spot.bucket}, _owner)
    return found


def delete(client: Any, spot: Spot, version: str) -> str:
    """Delete one version, and never anything without one; why it could not be, empty when it is gone."""
    assert version
    answer = ask(client, actions.DELETE, Bucket=spot.bucket, Key=spot.key, VersionId=version)
    return answer.reason if isinstance(answer, Failure) and answer.kind is not Kind.GONE else ""


def _head(client: Any, there: Mapping[str, str]) -> tuple[Mapping[str, Any] | Failure, str | Unknown | None]:
    """The head, with the checksum where that may be read."""
    head = ask(client, actions.CHECKSUM, **there, ChecksumMode="ENABLED")
    if not isinstance(head, Failure):
        return head, head.get(f"Checksum{ALGORITHM}")
    plain = ask(client, actions.HEAD_VERSION, **there) if head.kind is Kind.REFUSED else head
    return plain, Unknown(head.reason)


def _read(client: Any, call: Call, there: Mapping[str, str], shape: Callable[[Mapping[str, Any]], Any]) -> Any:
    answer = ask(client, call, **there)
    if not isinstance(answer, Failure):
        return shape(answer)
    return None if answer.kind is Kind.ABSENT else Unknown(answer.reason or "the object is gone")


def _tags(answer: Mapping[str, Any]) -> dict[str, str]:
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


def _retention(answer: Mapping[str, Any]) -> Retention:
    return Retention(answer["Retention"]["Mode"], answer["Retention"]["RetainUntilDate"])


def _owner(answer: Mapping[str, Any]) -> str | None:
    owner: str | None = answer.get("Owner", {}).get("ID")
    return owner
