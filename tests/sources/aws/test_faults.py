"""What an error means: only what a table names is absence, and only a missing permission is called one."""

import socket
import threading
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    SSOTokenLoadError,
    UnauthorizedSSOTokenError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import NameResolutionError

from scanner.sources.aws.calls import Call, Found, Place, Scope
from scanner.sources.aws.clients import Clients, config_for
from scanner.sources.aws.faults import Kind, UnexpectedAnswerError, failure_of, is_unresolvable
from scanner.sources.aws.fetch import fetch
from scanner.sources.aws.macie import CALLS as MACIE
from scanner.sources.aws.patience import Patience

CALL = Call(
    service="s3",
    operation="GetBucketTagging",
    iam="s3:GetBucketTagging",
    scope=Scope.RESOURCE,
    of=("AWS::S3::Bucket",),
    takes={"Bucket": "name"},
    absent={"NoSuchTagSet": "", "AccessDeniedException": "is not enabled"},
    gone=("NoSuchBucket",),
)
URL = "https://s3.example"


def client_error(code: str, message: str = "", status: int = 400, operation: str = "GetBucketTagging") -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, operation)


@pytest.mark.parametrize(
    ("error", "kind", "reason"),
    [
        (client_error("NoSuchTagSet", status=404), Kind.ABSENT, ""),
        (client_error("NoSuchBucket", status=404), Kind.GONE, ""),
        (client_error("AccessDeniedException", "X is not enabled."), Kind.ABSENT, ""),
        (
            client_error("NoSuchTagSet", operation="AssumeRole"),
            Kind.FAILED,
            "sts:AssumeRole failed: NoSuchTagSet (HTTP 400)",
        ),
        (client_error("404", status=404), Kind.FAILED, "s3:GetBucketTagging failed: 404"),
        (client_error("NoSuchTagset", status=404), Kind.FAILED, "s3:GetBucketTagging failed: NoSuchTagset (HTTP 404)"),
        (client_error("SlowDown", status=503), Kind.FAILED, "s3:GetBucketTagging failed: SlowDown (HTTP 503)"),
        (client_error("SignatureDoesNotMatch", status=403), Kind.FAILED, None),
        (client_error("RequestTimeTooSkewed", status=403), Kind.FAILED, None),
        (client_error("ExpiredToken"), Kind.EXPIRED, None),
        (client_error("ExpiredToken", operation="AssumeRole"), Kind.EXPIRED, "sts:AssumeRole failed: ExpiredToken"),
        (client_error("OptInRequired", status=403), Kind.REGION, None),
        (client_error(""), Kind.FAILED, None),
        (SSOTokenLoadError(error_msg="x"), Kind.EXPIRED, None),
        (UnauthorizedSSOTokenError(), Kind.EXPIRED, None),
        (NoCredentialsError(), Kind.EXPIRED, None),
        (ReadTimeoutError(endpoint_url=URL), Kind.FAILED, "s3:GetBucketTagging failed: ReadTimeoutError"),
        (ConnectTimeoutError(endpoint_url=URL), Kind.FAILED, None),
        (UnexpectedAnswerError("an empty answer"), Kind.FAILED, "s3:GetBucketTagging failed: an empty answer"),
        (ResponseParserError("x"), Kind.FAILED, None),
        (KeyError("Name"), Kind.FAILED, "s3:GetBucketTagging failed: the answer is not as documented (KeyError)"),
    ],
)
def test_meaning(error: Exception, kind: Kind, reason: str | None) -> None:
    failure = failure_of(error, CALL)
    assert failure.kind is kind
    assert failure.iam_action == ""
    if reason is not None:
        assert failure.reason == reason


@pytest.mark.parametrize(
    "code", ["AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "403"]
)
def test_a_refusal_names_the_action(code: str) -> None:
    failure = failure_of(client_error(code, "not authorized", 403), CALL)
    assert (failure.kind, failure.iam_action) == (Kind.REFUSED, "s3:GetBucketTagging")
    assert failure.reason == f"s3:GetBucketTagging refused: {code}; needs s3:GetBucketTagging"


def test_a_refused_renewal_names_the_role() -> None:
    failure = failure_of(client_error("AccessDenied", operation="AssumeRole"), CALL)
    assert failure.iam_action == "sts:AssumeRole"


@pytest.mark.parametrize("cause", [socket.gaierror(-2, "unknown"), NameResolutionError("h", None, socket.gaierror())])
def test_a_host_name_that_does_not_exist(cause: Exception) -> None:
    assert is_unresolvable(EndpointConnectionError(endpoint_url=URL, error=cause))
    assert not is_unresolvable(EndpointConnectionError(endpoint_url=URL, error=ConnectionRefusedError()))
    assert not is_unresolvable(ReadTimeoutError(endpoint_url=URL))


@pytest.fixture
def clients(session: Any, monkeypatch: pytest.MonkeyPatch) -> Clients:
    """Clients in a network where no host name resolves."""

    def unresolved(*_: Any, **__: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", unresolved)
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    return Clients(session, config_for(Patience(attempts=1), 1), threading.Lock())


@pytest.mark.parametrize(("region", "known"), [("eu-central-2", True), ("eu-west-1", False), ("nowhere", False)])
def test_a_region_without_the_service_has_no_host_name_and_is_not_on_botocores_list(
    clients: Clients, region: str, known: bool
) -> None:
    """Either alone may be a broken network or an old botocore; both together are an answer."""
    outcome = fetch(MACIE[0], clients, Place("1", region, "aws"))
    assert (outcome.failure is None) is known
    assert outcome.found == ()


def test_services_that_are_everywhere_are_never_absent_for_want_of_a_name(clients: Clients) -> None:
    bucket = Found("AWS::S3::Bucket", "arn", "data", "xx-new-1")
    assert fetch(CALL, clients, Place("1", "eu-new-7", "aws"), bucket).failure is not None
