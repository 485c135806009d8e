"""Every place of a template knows its first and last line, in both formats, however it is laid out."""

import json
from collections.abc import Iterator
from itertools import cycle
from typing import Any, TypeAlias

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.sources.cloudformation.json_text import parse_json
from scanner.sources.cloudformation.places import PlacePath, lines_at
from scanner.sources.cloudformation.reading import parse_source
from scanner.sources.cloudformation.yaml_text import parse_yaml

Lines: TypeAlias = dict[tuple[str | int, ...], tuple[int, int]]

TEMPLATE = """\
# a comment

Description: >
  folded

  text


# a comment after it
Resources:
  Role:  # the role
    Type: AWS::IAM::Role

    Properties:
      RoleName:
        !Sub ${AWS::StackName}
      Empty:
      Text: !Sub |-
        one

        # still text

      # a comment
      Plain: goes
        on
      Quoted: "goes
        on"
      List:
      - 1
      -
      - - x
        - y: !GetAtt A.B.C
      Flow: {a: 1,
        b: [1,
         2]
        }

      If: !If
        - X
        - !Ref Y
        - Fn::Join:
            - ""
            - [a, !Ref Z]
  # end

  Topic: {Type: AWS::SNS::Topic}
  Far:
    {Type: AWS::SNS::Topic}

# the end
"""
PROPERTIES = ("Resources", "Role", "Properties")


@pytest.mark.parametrize("text", [TEMPLATE, TEMPLATE.replace("\n", "\r\n"), TEMPLATE.rstrip(), TEMPLATE + "...\n"])
@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ((), (3, 48)),
        (("Description",), (3, 6)),
        (("Resources",), (10, 48)),
        (("Resources", "Role"), (11, 43)),
        (PROPERTIES, (14, 43)),
        ((*PROPERTIES, "RoleName"), (15, 16)),
        ((*PROPERTIES, "RoleName", "Fn::Sub"), (16, 16)),
        ((*PROPERTIES, "Empty"), (17, 17)),
        ((*PROPERTIES, "Text"), (18, 21)),
        ((*PROPERTIES, "Text", "Fn::Sub"), (18, 21)),
        ((*PROPERTIES, "Plain"), (24, 25)),
        ((*PROPERTIES, "Quoted"), (26, 27)),
        ((*PROPERTIES, "List"), (28, 32)),
        ((*PROPERTIES, "List", 0), (29, 29)),
        ((*PROPERTIES, "List", 1), (30, 30)),
        ((*PROPERTIES, "List", 2), (31, 32)),
        ((*PROPERTIES, "List", 2, 1, "y", "Fn::GetAtt", 1), (32, 32)),
        ((*PROPERTIES, "Flow"), (33, 36)),
        ((*PROPERTIES, "Flow", "b"), (34, 35)),
        ((*PROPERTIES, "Flow", "b", 1), (35, 35)),
        ((*PROPERTIES, "If"), (38, 43)),
        ((*PROPERTIES, "If", "Fn::If", 1, "Ref"), (40, 40)),
        ((*PROPERTIES, "If", "Fn::If", 2), (41, 43)),
        ((*PROPERTIES, "If", "Fn::If", 2, "Fn::Join", 1, 1, "Ref"), (43, 43)),
        (("Resources", "Topic", "Type"), (46, 46)),
        (("Resources", "Far"), (47, 48)),
        (("Resources", "Far", "Type"), (48, 48)),
    ],
)  # fmt: skip
def test_a_place_knows_its_lines(text: str, path: PlacePath, lines: tuple[int, int]) -> None:
    source = parse_source(text, "f")
    assert (source.line_of(path), source.end_line_of(path)) == lines


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("Nowhere",), (3, 48)),
        (("Resources", "Role", "DeletionPolicy"), (11, 43)),
        ((*PROPERTIES, "List", 7), (28, 32)),
        ((*PROPERTIES, "List", "x"), (28, 32)),
        ((*PROPERTIES, "Text", 0), (18, 21)),
        (("Resources", 0), (10, 48)),
    ],
)
def test_a_missing_place_has_the_lines_of_what_would_hold_it(path: PlacePath, lines: tuple[int, int]) -> None:
    source = parse_source(TEMPLATE, "f")
    assert (source.line_of(path), source.end_line_of(path)) == lines


class Page:
    """Text that is being written, and the lines on which each place of it was put."""

    def __init__(self, noise: list[str]) -> None:
        self.text = ""
        self.lines: Lines = {}
        self._noise = cycle(noise or [""])

    def write(self, *pieces: str) -> None:
        """Write pieces with noise before each."""
        for piece in pieces:
            self.text += next(self._noise) + piece

    def line(self) -> int:
        return self.text.count("\n") + 1


def write_json(page: Page, value: Any, path: tuple[str | int, ...] = ()) -> None:
    """Write a value; the noise before it must be written already, for the value begins here."""
    first = page.lines.get(path, (page.line(), 0))[0]
    match value:
        case dict() | list():
            brackets = "{}" if isinstance(value, dict) else "[]"
            page.text += brackets[0]
            for index, (step, item) in enumerate(_members(value)):
                page.write(*([","] if index else []), "")
                if isinstance(step, str):
                    page.lines[(*path, step)] = (page.line(), 0)
                    page.text += json.dumps(step)
                    page.write(":", "")
                write_json(page, item, (*path, step))
            page.write(brackets[1])
        case _:
            page.text += json.dumps(value)
    page.lines[path] = (first, page.line())


def write_yaml(page: Page, value: Any, path: tuple[str | int, ...] = (), indent: int = 0) -> tuple[int, int]:
    """Write a value in block style, whole lines of noise between its members; its first and last line."""
    firsts, last = [], 0
    for step, item in _members(value):
        page.write(" " * indent + (f"{json.dumps(step, ensure_ascii=False)}:" if isinstance(step, str) else "-"))
        first = last = page.line()
        firsts.append(first)
        if isinstance(item, dict | list) and item:
            page.text += "\n"
            below, last = write_yaml(page, item, (*path, step), indent + 2)
            first = first if isinstance(step, str) else below
        else:
            page.text += f" {json.dumps(item, ensure_ascii=False)}\n"
        page.lines[(*path, step)] = (first, last)
    return firsts[0], last


def _members(value: Any) -> Iterator[tuple[str | int, Any]]:
    yield from value.items() if isinstance(value, dict) else enumerate(value)


WORDS = st.text(st.characters(exclude_categories=("C", "Z")) | st.sampled_from(' \n\t"'), max_size=6)
SCALARS = (
    st.none() | st.booleans() | WORDS | st.integers(-(10**10), 10**10) | st.floats(-1e6, 1e6).map(lambda x: round(x, 3))
)
TREES = st.dictionaries(
    WORDS,
    st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3)),
    min_size=1,
    max_size=4,
)


@given(TREES, st.lists(st.sampled_from(["", " ", "\n", "\t", "\r\n", "\n\n  "])))
def test_json_is_read_with_its_lines_however_it_is_laid_out(tree: dict[str, Any], noise: list[str]) -> None:
    page = Page(noise)
    page.write("")
    write_json(page, tree)
    read = parse_json(page.text, "f")
    assert repr(read.value) == repr(tree)
    assert {path: lines_at(read.place, path) for path in page.lines} == page.lines


@given(TREES, st.lists(st.sampled_from(["", "\n", "# a comment\n", "    # another: one\n\n"])))
def test_yaml_is_read_with_its_lines_and_means_what_the_same_json_means(tree: dict[str, Any], noise: list[str]) -> None:
    page = Page(noise)
    write_yaml(page, tree)
    read = parse_yaml(page.text, "f")
    assert repr(read.value) == repr(tree) == repr(parse_json(json.dumps(tree), "f").value)
    assert {path: lines_at(read.place, path) for path in page.lines} == page.lines
