"""Actions, resources and the elements that AWS wants in each kind of policy."""

from typing import Any

import pytest

from scanner.policy.principals import Reach, read_caller
from scanner.policy.request import Request, context_of
from scanner.policy.statements import PolicyKind, Question, applies, compile_policy, readings_of_arn
from scanner.policy.truth import Unseen

USER = "arn:aws:iam::111122223333:user/alice"
OBJECT = "arn:aws:s3:::copies/tax/2025/a[1].csv"


def applied(
    statement: dict[str, Any],
    *,
    action: str = "s3:ReplicateObject",
    resource: str = OBJECT,
    kind: PolicyKind = PolicyKind.IDENTITY,
    context: dict[str, Any] | None = None,
    bounded: bool = False,
) -> Reach | Unseen:
    document = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", **statement}]}
    compiled = compile_policy(document, kind=kind, name="p")
    assert not compiled.unread
    request = Request(USER, action, resource, "111122223333", context_of(context or {}))
    question = Question(action.lower(), resource, request.context, read_caller(request), bounded)
    return applies(compiled.statements[0], question)


ACTIONS: list[tuple[Any, bool]] = [
    ("*", True),
    ("**", True),
    ("s3:*", True),
    ("S3:replicateOBJECT", True),
    ("s3:Replicate?????", False),
    ("s3:Replicate??????", True),
    ("s3:*Object", True),
    ("s3:*Objec", False),
    ("s?:*", True),
    (["s3:Get*", "s3:Replicate*"], True),
    (["s3:Get*", "s3:ReplicateObject"], True),
    ("s3:GetObject", False),
    ("kms:*", False),
    ([], False),
]


@pytest.mark.parametrize(("actions", "expected"), ACTIONS)
def test_actions(actions: object, expected: bool) -> None:
    assert applied({"Action": actions, "Resource": "*"}) is (Reach.CALLER if expected else Reach.NOBODY)


@pytest.mark.parametrize(("actions", "named"), ACTIONS)
def test_not_action_is_the_rest(actions: object, named: bool) -> None:
    compiled = compile_policy(
        {"Statement": [{"Effect": "Allow", "NotAction": actions, "Resource": "*"}]}, kind=PolicyKind.IDENTITY, name="p"
    )
    assert compiled.statements[0].action("s3:replicateobject") is not named


RESOURCES: list[tuple[Any, bool]] = [
    ("*", True),
    ("arn:aws:s3:::copies/*", True),
    ("arn:aws:s3:::copies", False),
    ("arn:aws:s3:::Copies/*", False),
    ("arn:aws:s3:::c*s/tax/*.csv", True),
    ("arn:aws:s3:::c?pies/tax/????/*", True),
    ("arn:aws:s3:::copies/tax/2025/a?1].csv", True),
    ("arn:aws:s3:::copies/tax/2025/a[1].csv", True),
    ("arn:aws:s3:::copies/tax/2025/a1.csv", False),
    ("arn:*:s3:::copies/*", True),
    ("arn:aws-cn:s3:::copies/*", False),
    (["arn:aws:s3:::other/*", "arn:aws:s3:::copies/*"], True),
    (["arn:aws:s3:::copies", OBJECT], True),
    ("arn:aws:s3", True),
    ("arn:aws:sqs", False),
    ("arn:aws:*/tax/2025/*", True),
    ("arn:aws:*/tax/2025/a?1].csv", True),
    ("arn:aws:*copies/*.json", False),
    ("arn:aws:s*", True),
    ("arn:*:s?", True),
    ("arn:aws:*/${tag}/2025/a[1].csv", True),
    ("arn:aws:s3:::copies/${tag}/*", True),
    ("arn:aws:s3:::copies/${missing}/*", False),
    ("arn:aws:s3:::copies/${missing, 'tax'}/*", True),
    ("arn:aws:s3:::copies/${star}/*", False),
    (["arn:aws:s3:::copies/${missing}/*", "arn:aws:s3:::copies/*"], True),
    ([], False),
]
TAGS = {"tag": "tax", "star": "*"}


@pytest.mark.parametrize(("resources", "expected"), RESOURCES)
def test_resources(resources: object, expected: bool) -> None:
    assert applied({"Resource": resources}, context=TAGS) is (Reach.CALLER if expected else Reach.NOBODY)


@pytest.mark.parametrize(("resources", "named"), RESOURCES)
def test_not_resource_is_the_rest(resources: object, named: bool) -> None:
    found = applied({"NotResource": resources, "Effect": "Deny"}, context=TAGS)
    assert found is (Reach.NOBODY if named else Reach.CALLER)


def test_an_allow_by_not_resource_fails_when_a_variable_has_no_value() -> None:
    assert applied({"NotResource": "arn:aws:s3:::private/${missing}/*"}) is Reach.NOBODY


def test_an_unseen_resource_matters_only_where_the_action_matches() -> None:
    statement = {"Action": "s3:ReplicateObject", "Resource": Unseen("a template's parameter")}
    assert isinstance(applied(statement), Unseen)
    assert applied(statement, action="s3:GetObject") is Reach.NOBODY


def test_an_unseen_variable_in_a_resource_leaves_it_open() -> None:
    doubt = Unseen("who knows")
    assert applied({"Resource": "arn:aws:s3:::copies/${v}/*"}, context={"v": doubt}) is doubt


@pytest.mark.parametrize(
    ("pattern", "readings"),
    [
        ("arn:aws:sqs", ["arn:aws:sqs:*:*:*"]),
        ("arn:aws:s?s", ["arn:aws:s?s", "arn:aws:s?s:*:*:*"]),
        ("arn:aws:*/tax/a", ["arn:aws:*/tax/a", "arn:aws:*/tax/a:*:*:*"]),
        ("arn:aws:*backup/*", ["arn:aws:*backup/*"]),
        ("arn:aws:s3:::b", ["arn:aws:s3:::b"]),
        ("arn:aws:logs:eu-west-1:1:a:b:c", ["arn:aws:logs:eu-west-1:1:a:b:c"]),
        ("*", ["*"]),
    ],
)
def test_incomplete_arns_count_as_they_are_and_completed(pattern: str, readings: list[str]) -> None:
    assert list(readings_of_arn(pattern)) == readings


def test_session_and_resource_policies_do_not_complete_arns() -> None:
    assert applied({"Resource": "arn:aws:s3"}, kind=PolicyKind.SESSION) is Reach.NOBODY
    assert applied({"Resource": "arn:aws:s3", "Principal": "*"}, kind=PolicyKind.RESOURCE) is Reach.NOBODY


REFUSED: list[tuple[PolicyKind, dict[str, Any], str]] = [
    (PolicyKind.IDENTITY, {"Principal": "*", "Resource": "*"}, "names a principal"),
    (PolicyKind.BOUNDARY, {"Principal": "*", "Resource": "*"}, "names a principal"),
    (PolicyKind.SESSION, {"NotPrincipal": "*", "Resource": "*"}, "names a principal"),
    (PolicyKind.SCP, {"Principal": "*", "Resource": "*"}, "names a principal"),
    (PolicyKind.IDENTITY, {}, "neither Resource nor NotResource"),
    (PolicyKind.RCP, {"Principal": "*"}, "neither Resource nor NotResource"),
    (PolicyKind.RESOURCE, {"Resource": "*"}, "names no principal"),
]


@pytest.mark.parametrize(("kind", "statement", "what"), REFUSED)
def test_what_aws_refuses_in_a_kind_of_policy_is_not_in_force(
    kind: PolicyKind, statement: dict[str, Any], what: str
) -> None:
    document = {"Statement": [{"Effect": "Allow", "Action": "*", **statement}]}
    compiled = compile_policy(document, kind=kind, name="p")
    assert not compiled.statements
    (unread,) = compiled.unread
    assert what in unread.reason


def test_a_trust_policy_names_no_resource() -> None:
    assert applied({"Principal": {"AWS": USER}}, kind=PolicyKind.RESOURCE) is Reach.CALLER


def test_a_document_nobody_could_read_is_one_unread_part() -> None:
    assert compile_policy("{", kind=PolicyKind.IDENTITY, name="p").unread[0].reason.startswith("policy 'p': not JSON")
    doubt = Unseen("AccessDenied")
    assert compile_policy(doubt, kind=PolicyKind.IDENTITY, name="p").unread == (doubt,)


@pytest.mark.parametrize(("bounded", "expected"), [(True, Reach.CALLER), (False, Reach.NOBODY)])
def test_a_deny_by_not_principal_hits_all_who_have_a_boundary(bounded: bool, expected: Reach) -> None:
    statement = {"Effect": "Deny", "Resource": "*", "NotPrincipal": {"AWS": [USER, "111122223333"]}}
    assert applied(statement, kind=PolicyKind.RESOURCE, bounded=bounded) is expected
    grant = {**statement, "Effect": "Allow"}
    assert applied(grant, kind=PolicyKind.RESOURCE, bounded=bounded) is Reach.NOBODY
