"""YAML is read without its surprises, and every place knows its line."""

import contextlib
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.errors import InvalidInputError
from scanner.estate.strict_yaml import load_yaml, parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("35", 35),
        ("-1", -1),
        ("1.5", 1.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("", None),
        ("no", "no"),
        ("on", "on"),
        ("0123", "0123"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12:30:45", "12:30:45"),
        ("2027-01-31", "2027-01-31"),
        (".inf", ".inf"),
        ("012345678901", "012345678901"),
        ("9" * 30, "9" * 30),
        ('"35"', "35"),
        ("'true'", "true"),
        ("0.1.0", "0.1.0"),
    ],
)
def test_a_plain_word_means_what_it_says(text: str, value: object) -> None:
    read = parse_yaml(f"key: {text}", "f.yaml").value["key"]
    assert read == value
    assert type(read) is type(value)


def test_keys_are_their_own_text() -> None:
    assert parse_yaml("111111111111: a\ntrue: b\n2.0: c\n", "f.yaml").value == {
        "111111111111": "a",
        "true": "b",
        "2.0": "c",
    }


def test_every_place_knows_its_line() -> None:
    node = parse_yaml("a: 1\nb:\n  - x\n  - {c: 1,\n     d: 2}\n", "f.yaml")
    assert [node.line_of(p) for p in [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "d")]] == [1, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(("path", "line"), [(("b", 1, "z"), 4), (("b", 9), 2), (("a", "x"), 1), (("b", "x"), 2)])
def test_a_missing_place_has_the_line_of_what_holds_it(path: tuple[str | int, ...], line: int) -> None:
    assert parse_yaml("a: 1\nb:\n  - x\n  - {c: 1,\n     d: 2}\n", "f.yaml").line_of(path) == line


@pytest.mark.parametrize(
    ("text", "line", "complaint"),
    [
        ("a: &x 1\n", 1, "anchor"),
        ("a: 1\nb: *x\n", 2, "alias"),
        ("a: 1\n<<: &y {b: 1}\n", 2, "anchor"),
        ("&k a: 1\n", 1, "anchor"),
        ("a: !!python/object/apply:os.system [id]\n", 1, "tag"),
        ("a: !!str 5\n", 1, "tag"),
        ("!x a: 1\n", 1, "tag"),
        ("a: 1\nb: 2\na: 3\n", 3, "'a' twice (first on line 1)"),
        ("a: {b: 1, b: 2}\n", 1, "'b' twice"),
        ("a: 1\n---\nb: 2\n", 2, "second document"),
        ("? [a, b]\n: 1\n", 1, "for a key"),
        ("? {a: b}\n: 1\n", 1, "for a key"),
        ("a: [1, 2\nb: 3\n", 2, "not valid YAML"),
        ("a:\n\t- b\n", 2, "not valid YAML"),
        ("a: b: c\n", 1, "not valid YAML"),
        ("a: \x07\n", None, "not valid YAML"),
        ("", None, "is empty"),
        ("# nothing\n", None, "is empty"),
    ],
)
def test_what_is_not_plain_data_is_refused_with_its_line(text: str, line: int | None, complaint: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_yaml(text, "rule.yaml")
    assert complaint in caught.value.message
    assert (caught.value.file, caught.value.line) == ("rule.yaml", line)


def test_escapes_in_what_an_error_quotes_are_inert() -> None:
    with pytest.raises(InvalidInputError) as caught:
        parse_yaml('"\\e[2J\\u202Ex": 1\n"\\e[2J\\u202Ex": 2\n', "rule.yaml")
    assert caught.value.diagnostic().isprintable()


BOMB = "a: &a [x, x, x]\n" + "".join(
    f"{b}: &{b} [*{a}, *{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "text",
    [BOMB, "[" * 500_000, "{" * 500_000, "- " * 250_000, "? " * 250_000, "{a: " * 100_000, "[?" * 200_000],
    ids=["aliases", "lists", "mappings", "dashes", "questions", "nested", "keys"],
)
def test_bombs_are_refused_at_once(text: str) -> None:
    started = time.monotonic()
    with pytest.raises(InvalidInputError):
        parse_yaml(text, "bomb.yaml")
    assert time.monotonic() - started < 2


def test_a_file_is_read_up_to_a_size(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_text("a: " + "x" * 97)
    assert load_yaml(file, max_bytes=100).value["a"] == "x" * 97
    with pytest.raises(InvalidInputError, match="larger than the 99 bytes"):
        load_yaml(file, max_bytes=99)


def test_ten_megabytes_are_not_read(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"- x\n" * 2_500_000)
    with pytest.raises(InvalidInputError, match="larger than"):
        load_yaml(file)


@pytest.mark.parametrize(("data", "line"), [(b"a: \xff\n", 1), (b"a: 1\nb: \xe4\n", 2), ("a: 1".encode("utf-16"), 1)])
def test_text_that_is_not_utf8_is_refused(tmp_path: Path, data: bytes, line: int) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(data)
    with pytest.raises(InvalidInputError, match="not UTF-8") as caught:
        load_yaml(file)
    assert caught.value.line == line


def test_a_byte_order_mark_is_no_content(tmp_path: Path) -> None:
    file = tmp_path / "f.yaml"
    file.write_bytes(b"\xef\xbb\xbfa: 1\n")
    assert load_yaml(file).value == {"a": 1}


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.yaml"):
        with pytest.raises(InvalidInputError, match="is not a file"):
            load_yaml(path)


@given(st.text(alphabet="ab:-[]{}#&*!|>'\"?,% \n\t0", max_size=60))
def test_any_text_gives_data_or_the_one_error(text: str) -> None:
    with contextlib.suppress(InvalidInputError):
        assert parse_yaml(text, "f.yaml").file == "f.yaml"
