"""A snapshot gives back the estate that was written, always in the same bytes, and never a part of it."""

import gzip
import stat
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scanner.errors import InvalidInputError
from scanner.estate.estate import Account, Estate, Unseen
from scanner.estate.resource import Resource
from scanner.estate.snapshot import read_snapshot, write_snapshot
from scanner.estate.unknown import Unknown, Value


def bucket(name: str, **properties: Value) -> Resource:
    return Resource("AWS::S3::Bucket", f"arn:aws:s3:::{name}", "111111111111", "us-east-1", name, properties)


ROLE = Resource("AWS::IAM::Role", "arn:aws:iam::111111111111:role/r", "111111111111", "", "r", {"RoleName": "r"})
ESTATE = Estate(
    resources=(
        ROLE,
        bucket("a", VersioningConfiguration={"Status": "Enabled"}, LoggingConfiguration=Unknown("refused")),
        bucket(
            "b", Tags=[{"Key": "k", "Value": Unknown("deep")}], Policy={"z": [1, 2.5, True, None], "a": "\u202e<b>\n"}
        ),
    ),
    accounts=(Account("111111111111", "primary", ("us-east-1", "eu-west-1")), Account("222222222222", "", ())),
    unseen=(Unseen("111111111111", "", "AWS::KMS::Key", "refused", "kms:ListKeys"),),
    types=frozenset({"AWS::S3::Bucket", "AWS::IAM::Role"}),
    taken="2026-01-01T00:00:00Z",
    complete=False,
)
HEADER = b'{"drscan_snapshot":1,"taken":"","accounts":[],"unseen":[]}\n'
LINE = b'{"type":"T","arn":"a","account":"1","region":"","name":"n","properties":{}}\n'


@pytest.mark.parametrize("name", ["estate.jsonl", "estate.jsonl.gz"])
@pytest.mark.parametrize("estate", [ESTATE, Estate()], ids=["full", "empty"])
def test_what_is_written_is_read_back(tmp_path: Path, name: str, estate: Estate) -> None:
    write_snapshot(estate, tmp_path / name)
    assert read_snapshot(tmp_path / name) == estate


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text().filter(lambda k: k != "$unknown"), inner),
    max_leaves=20,
)


@settings(max_examples=30, deadline=None)  # each example waits for the disk
@given(properties=st.dictionaries(st.text(), json_values | st.builds(Unknown, st.text())))
def test_any_property_survives(tmp_path_factory: pytest.TempPathFactory, properties: dict[str, Value]) -> None:
    path = tmp_path_factory.mktemp("s") / "s.jsonl"
    write_snapshot(Estate((Resource("T", "", "", "", "n", properties),)), path)
    assert read_snapshot(path).resources[0].properties == properties


@pytest.mark.parametrize("name", ["s.jsonl", "s.jsonl.gz"])
def test_the_same_estate_gives_the_same_bytes_whatever_its_order(tmp_path: Path, name: str) -> None:
    turned = Estate(
        tuple(reversed(ESTATE.resources)), ESTATE.accounts, ESTATE.unseen, ESTATE.types, ESTATE.taken, False
    )
    first, second = tmp_path / "1" / name, tmp_path / "2" / name
    for estate, path in ((ESTATE, first), (turned, second)):
        path.parent.mkdir()
        write_snapshot(estate, path)
    assert first.read_bytes() == second.read_bytes()


def test_a_gz_name_packs_and_reading_goes_by_content_not_by_name(tmp_path: Path) -> None:
    write_snapshot(ESTATE, tmp_path / "s.gz")
    assert gzip.decompress((tmp_path / "s.gz").read_bytes()).startswith(b'{"drscan_snapshot":1,')
    misnamed = tmp_path / "s.jsonl"
    (tmp_path / "s.gz").rename(misnamed)
    assert read_snapshot(misnamed) == ESTATE


def test_only_its_owner_can_read_it_and_no_temporary_file_stays(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    path.write_text("old")
    write_snapshot(ESTATE, path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [path]


def test_a_write_that_breaks_off_leaves_the_old_file_alone(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write_snapshot(Estate(), path)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        write_snapshot(Estate((ROLE, bucket("b", Bad=object()))), path)
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_writing_over_a_device_or_into_no_folder_is_refused(tmp_path: Path) -> None:
    for path in (Path("/dev/null"), tmp_path / "absent" / "s.jsonl", tmp_path):
        with pytest.raises(InvalidInputError, match="cannot be written"):
            write_snapshot(Estate(), path)


BROKEN = {
    "empty": (b"", 1, "not JSON"),
    "another format": (b'{"version": 4}\n', 1, "not a drscan snapshot"),
    "newer": (b'{"drscan_snapshot": 2}\n', None, "format 2"),
    "header with an unknown key": (HEADER.replace(b"}", b',"x":1}'), 1, "the header has the keys"),
    "types not a list": (HEADER.replace(b"}", b',"types":"AWS::S3::Bucket"}'), 1, "the header has the keys"),
    "account without id": (HEADER.replace(b'"accounts":[]', b'"accounts":[{"name":"x"}]'), 1, "account in the header"),
    "unseen half told": (HEADER.replace(b'"unseen":[]', b'"unseen":[{"what":"x"}]'), 1, "unseen in the header"),
    "not JSON": (HEADER + b"{'type': 1}\n", 2, "not JSON"),
    "cut off in a line": (HEADER + LINE + LINE[:30], 3, "not JSON"),
    "an empty line": (HEADER + b"\n" + LINE, 2, "not JSON"),
    "not UTF-8": (HEADER + LINE.replace(b'"n"', b'"\xff"'), 2, "not JSON"),
    "NaN": (HEADER + LINE.replace(b"{}", b'{"a":NaN}'), 2, "not a JSON number"),
    "a key twice": (HEADER + LINE.replace(b"{}", b'{"a":1,"a":2}'), 2, "a key is there twice"),
    "a resource twice": (HEADER + LINE + LINE, 3, "T a is here twice"),
    "a resource without region": (HEADER + LINE.replace(b'"region":"",', b""), 2, "exactly the keys"),
    "a numeric account": (HEADER + LINE.replace(b'"1"', b"1"), 2, "its other keys are strings"),
    "properties unknown as a whole": (HEADER + LINE.replace(b"{}", b'{"$unknown":"x"}'), 2, "properties are an object"),
    "nested deeper than anything real": (
        HEADER + LINE.replace(b"{}", b'{"a":' + b"[" * 80 + b"]" * 80 + b"}"),
        2,
        "deep",
    ),
    "nested to exhaust the stack": (HEADER + LINE.replace(b"{}", b"[" * 100_000), 2, "deep"),
    "a number of a million digits": (HEADER + LINE.replace(b"{}", b'{"a":' + b"9" * 1_000_000 + b"}"), 2, "not JSON"),
    "damaged gzip": (gzip.compress(HEADER + LINE)[:-12], None, "damaged gzip"),
    "gzip in name only": (b"\x1f\x8bnot gzip", None, "cannot be read"),
}


@pytest.mark.parametrize(("content", "line", "message"), BROKEN.values(), ids=BROKEN)
def test_what_is_not_a_snapshot_is_refused_with_its_place(
    tmp_path: Path, content: bytes, line: int | None, message: str
) -> None:
    path = tmp_path / "s.jsonl"
    path.write_bytes(content)
    with pytest.raises(InvalidInputError, match=message) as caught:
        read_snapshot(path)
    assert (caught.value.file, caught.value.line) == (str(path), line)


def test_a_decompression_bomb_stops_at_the_bound(tmp_path: Path) -> None:
    path = tmp_path / "bomb.gz"
    path.write_bytes(gzip.compress(HEADER + b" " * 50_000_000))
    with pytest.raises(InvalidInputError, match="line longer than 4194304 bytes"):
        read_snapshot(path)
    path.write_bytes(gzip.compress(HEADER + b"".join(LINE.replace(b'"a"', b'"%d"' % i) for i in range(2000))))
    with pytest.raises(InvalidInputError, match="more than 100000 bytes unpacked"):
        read_snapshot(path, max_bytes=100_000)


def test_a_missing_file_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        read_snapshot(tmp_path / "absent")


def test_what_resources_have_in_common_is_kept_once(tmp_path: Path) -> None:
    path = tmp_path / "s.jsonl"
    write_snapshot(
        Estate((bucket("a", X={"Status": "On"}, Y=Unknown("r")), bucket("b", X={"Status": "On"}, Y=Unknown("r")))), path
    )
    a, b = read_snapshot(path).resources
    assert a.region is b.region
    assert a.properties["X"]["Status"] is b.properties["X"]["Status"]
    assert a.properties["Y"] is b.properties["Y"]
