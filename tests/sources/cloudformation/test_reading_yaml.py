"""YAML means what CloudFormation takes it to mean, and nothing in it does anything."""

import pytest

from scanner.errors import InvalidInputError
from scanner.sources.cloudformation.places import MAX_DEPTH
from scanner.sources.cloudformation.reading import Source, parse_source

HEAD = "Resources: {T: {Type: AWS::SNS::Topic}}\n"


def read(text: str) -> Source:
    return parse_source(HEAD + text, "f.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("35", 35),
        ("-1", -1),
        ("+7", 7),
        ("0", 0),
        ("1.5", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("010", 8),
        ("-010", -8),
        ("0x1F", 31),
        ("0b11", 3),
        ("1_000", 1000),
        ("08", "08"),
        ("true", True),
        ("yes", True),
        ("On", True),
        ("FALSE", False),
        ("no", False),
        ("OFF", False),
        ("y", "y"),
        ("n", "n"),
        ("~", None),
        ("", None),
        ("2012-10-17", "2012-10-17"),
        ("2010-09-09T10:00:00Z", "2010-09-09T10:00:00Z"),
        ("12:30:45", "12:30:45"),
        ("10.0.0.0/16", "10.0.0.0/16"),
        (".inf", ".inf"),
        ("1e999", "1e999"),
        ("9" * 5000, "9" * 5000),
        ("-", None),
        ("=", "="),
        ("123456789012", "123456789012"),
        ("012345678901", "012345678901"),
        ("012345670123", "012345670123"),
        ("000000000000", "000000000000"),
        ("'123456789012'", "123456789012"),
        ("1234567890123", 1234567890123),
        ('"35"', "35"),
        ("'no'", "no"),
        ("!!str 35", "35"),
    ],
)
def test_a_word_means_what_cloudformation_takes_it_for(text: str, value: object) -> None:
    found = read(f"key: {text}\n").value["key"] if text != "-" else read("key:\n  -\n").value["key"][0]
    assert found == value
    assert type(found) is type(value)


def test_keys_are_their_own_text() -> None:
    keys = ["012345670123", "111111111111", "true", "no", "2.0", "2012-10-17", "~", "<<"]
    text = "".join(f"{key}: 1\n" for key in keys[:-1]) + '"<<": 1\n'
    assert list(read(text).value)[1:] == keys


@pytest.mark.parametrize("text", ["key: 012345670123\n", "012345670123: x\n"])
def test_an_account_id_that_cloudformation_misreads_is_pointed_out(text: str) -> None:
    (message,) = read(text).messages
    assert message.startswith(
        "f.yaml:2: CloudFormation reads 012345670123 without quotes as the octal number 1402433619"
    )


def test_an_account_id_in_quotes_or_with_other_digits_is_not_pointed_out() -> None:
    assert read("a: '012345670123'\nb: 012345678901\nc: 123456789012\n").messages == ()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!Ref X", {"Ref": "X"}),
        ("!Ref AWS::Region", {"Ref": "AWS::Region"}),
        ("!Ref 012", {"Ref": "012"}),
        ("!Condition X", {"Condition": "X"}),
        ("!GetAtt A.B", {"Fn::GetAtt": ["A", "B"]}),
        ("!GetAtt A.B.C", {"Fn::GetAtt": ["A", "B.C"]}),
        ("!GetAtt [A, !Ref B]", {"Fn::GetAtt": ["A", {"Ref": "B"}]}),
        ("{Fn::GetAtt: A.B.C}", {"Fn::GetAtt": ["A", "B.C"]}),
        ("{Fn::GetAtt: A.B, C: D}", {"Fn::GetAtt": "A.B", "C": "D"}),
        ("!Sub '${A}'", {"Fn::Sub": "${A}"}),
        ("!Sub ['${A}', {A: !Ref B}]", {"Fn::Sub": ["${A}", {"A": {"Ref": "B"}}]}),
        ("!Join ['', [!Ref A, b]]", {"Fn::Join": ["", [{"Ref": "A"}, "b"]]}),
        ("!Select [0, !Split [',', x]]", {"Fn::Select": [0, {"Fn::Split": [",", "x"]}]}),
        ("!If [A, 1, !Ref AWS::NoValue]", {"Fn::If": ["A", 1, {"Ref": "AWS::NoValue"}]}),
        ("!And [!Not [!Condition A], !Or [!Equals [a, b]]]",
         {"Fn::And": [{"Fn::Not": [{"Condition": "A"}]}, {"Fn::Or": [{"Fn::Equals": ["a", "b"]}]}]}),
        ("!Transform {Name: N, Parameters: {P: 1}}", {"Fn::Transform": {"Name": "N", "Parameters": {"P": 1}}}),
        ("!FindInMap [A, B, C]", {"Fn::FindInMap": ["A", "B", "C"]}),
        ("!ImportValue x", {"Fn::ImportValue": "x"}),
        ("!Base64 x", {"Fn::Base64": "x"}),
        ("!Cidr [10.0.0.0/16, 6, 5]", {"Fn::Cidr": ["10.0.0.0/16", 6, 5]}),
        ("!GetAZs ''", {"Fn::GetAZs": ""}),
        ("!Length [a]", {"Fn::Length": ["a"]}),
        ("!ToJsonString {a: b}", {"Fn::ToJsonString": {"a": "b"}}),
        ("!GetStackOutput {StackName: s}", {"Fn::GetStackOutput": {"StackName": "s"}}),
        ("!Contains [!RefAll T, !ValueOf [P, A]]",
         {"Fn::Contains": [{"Fn::RefAll": "T"}, {"Fn::ValueOf": ["P", "A"]}]}),
        ("!EachMemberIn [!ValueOfAll [T, A], [a]]",
         {"Fn::EachMemberIn": [{"Fn::ValueOfAll": ["T", "A"]}, ["a"]]}),
        ("!EachMemberEquals [[a], a]", {"Fn::EachMemberEquals": [["a"], "a"]}),
    ],
)  # fmt: skip
def test_the_short_form_becomes_the_long_one(text: str, value: object) -> None:
    assert read(f"key: {text}\n").value["key"] == value


def test_an_anchor_that_nothing_uses_is_harmless() -> None:
    assert read("a: &x [1]\n&y b: 2\n").value["a"] == [1]


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("a: &x 1\nb: *x\n", 3, r"uses an alias \(\*x\) \(column 4\)"),
        ("a: &x 1\n*x : 2\n", 3, "alias"),
        ("a: &x [*x]\n", 2, r"\(column 8\)"),
        ("a: {<<: {b: 1}}\n", 2, r"merges mappings \(<<\)"),
        ("a: !!python/object/apply:os.system [id]\n", 2, r"the tag tag:yaml.org,2002:python/object.*\(column 4\)"),
        ("a: !!binary aGk=\n", 2, "binary"),
        ("a: !!set {x}\n", 2, "set"),
        ("a: !!timestamp 2012-10-17\n", 2, "timestamp"),
        ("a: !Nonsense x\n", 2, "the tag !Nonsense, which is none of CloudFormation's functions"),
        ("a: !ref x\n", 2, "tag"),
        ("%x\n", 2, "not valid YAML"),
        ("!Ref a: 1\n", 2, "on a key"),
        ("? [a]\n: 1\n", 2, "for a key"),
        ("? {a: b}\n: 1\n", 2, "for a key"),
        ("a: 1\nb: 2\na: 3\n", 4, r"has the key 'a' twice \(first on line 2\) \(column 1\)"),
        ("a: {b: 1, b: 2}\n", 2, r"'b' twice \(first on line 2\) \(column 11\)"),
        ("a: 1\n'a': 2\n", 3, "'a' twice"),
        ("---\nb: 2\n", 2, "second document"),
        ("a: 1\n b: 2\n", 3, r"not valid YAML: mapping values are not allowed.*\(column 3\)"),
        ("a: [1, 2\nb: 3\n", 3, "not valid YAML"),
        ("a: 'x\n", 3, "not valid YAML: found unexpected end of stream"),
        ("a:\n\t- b\n", 3, "not valid YAML: found character that cannot start any token"),
        ("a: @x\n", 2, r"not valid YAML.*\(column 4\)"),
        ("a: 1\nb: é\x00\n", 3, r"the character U\+0000 is not allowed \(column 5\)"),
        ("a: \x1b[2J\n", 2, r"U\+001B"),
        ("a: " + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "\n", 2, f"deeper than {MAX_DEPTH} levels"),
        ("a: " + "[" * 100_000, 2, "deeper"),
        ("a: " + "{b: " * 100_000, 2, "deeper"),
        ("a:\n" + "- " * 100_000, 3, "deeper"),
        ("a: " + "!Not [" * 100_000, 2, "deeper"),
    ],
)
def test_what_does_not_belong_is_refused_with_its_place(text: str, line: int, complaint: str) -> None:
    with pytest.raises(InvalidInputError, match=complaint) as caught:
        read(text)
    assert (caught.value.file, caught.value.line) == ("f.yaml", line)
    assert len(caught.value.diagnostic()) < 300


def test_the_deepest_that_is_taken() -> None:
    assert read("a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)).value["a"] is not None


def test_directives_without_end_are_refused_at_once() -> None:
    with pytest.raises(InvalidInputError, match="%TAG"):
        parse_source("".join(f"%TAG !a{n}! b\n" for n in range(200_000)) + "---\na: 1\n", "f")


def test_a_long_name_is_not_repeated_in_full() -> None:
    for text in (f"a: !{'x' * 9000} 1\n", f"{'x' * 900}: 1\n{'x' * 900}: 2\n", f"a: *{'x' * 9000}\n"):
        with pytest.raises(InvalidInputError) as caught:
            read(text)
        assert len(caught.value.message) < 200
