"""Where findings stand: from the top of the repository, whatever folder a user works in and calls files by."""

from pathlib import Path

import pytest

from reports.places import Place, place_of, repository_root
from scanner.estate.resource import Location, Resource
from scanner.estate.verdict import Severity, Verdict
from scanner.findings.finding import Finding


def finding(location: Location | None, name: str = "b", region: str = "eu-west-1") -> Finding:
    resource = Resource("AWS::S3::Bucket", "arn:aws:s3:::b", "1", region, name, location=location)
    return Finding("r", Verdict.FAIL, Severity.HIGH, resource)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a folder `stacks` in it, which is where the user stands."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "stacks").mkdir()
    monkeypatch.chdir(tmp_path / "stacks")
    return tmp_path.resolve()


def test_the_top_of_the_repository_is_found_from_below(repository: Path) -> None:
    assert repository_root(Path.cwd()) == repository
    assert repository_root(repository) == repository


def test_where_there_is_no_repository_the_folder_itself_is_the_top() -> None:
    assert repository_root(Path("/")) == Path("/")


@pytest.mark.parametrize(
    ("file", "path"),
    [("dr.yaml", "stacks/dr.yaml"), ("./sub//dr.yaml", "stacks/sub/dr.yaml"), ("../dr.yaml", "dr.yaml")],
)
def test_a_file_is_called_what_the_repository_calls_it(repository: Path, file: str, path: str) -> None:
    assert place_of(finding(Location(file, 3, 9)), repository) == Place(path, 3, 9)
    assert place_of(finding(Location(str(Path(file).resolve()), 3)), repository) == Place(path, 3)


def test_a_file_outside_the_repository_has_its_whole_path(repository: Path) -> None:
    place = place_of(finding(Location("/elsewhere/a b.yaml", 1)), repository)
    assert (place.path, place.is_inside, place.uri) == ("/elsewhere/a b.yaml", False, "file:///elsewhere/a%20b.yaml")


def test_without_a_repository_a_file_is_called_what_the_user_calls_it() -> None:
    assert place_of(finding(Location("./stacks/dr.yaml", 3)), None) == Place("stacks/dr.yaml", 3)
    assert not place_of(finding(Location("../dr.yaml", 3)), None).is_inside


def test_what_stands_in_no_file_gets_a_path_of_its_own() -> None:
    place = place_of(finding(None, region=""), None)
    assert place == Place("estate/1/global/AWS::S3::Bucket/b", is_file=False, is_inside=False)
    other = place_of(finding(None, name="../../etc/passwd"), None)
    assert other.path == "estate/1/eu-west-1/AWS::S3::Bucket/..:..:etc:passwd"


@pytest.mark.parametrize(("line", "end_line", "told"), [(0, 0, (1, 0)), (5, 3, (5, 5)), (5, 9, (5, 9))])
def test_lines_are_lines_whatever_a_source_says(line: int, end_line: int, told: tuple[int, int]) -> None:
    place = place_of(finding(Location("a", line, end_line)), None)
    assert (place.line, place.end_line) == told


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("a:b.yaml", "a%3Ab.yaml"),
        ("ä/%2e.yaml", "%C3%A4/%252e.yaml"),
        ("a\\b#c?d", "a%5Cb%23c%3Fd"),
        ("\udcff", "%5Cudcff"),
    ],
)
def test_a_uri_has_nothing_in_it_that_could_mean_something_else(path: str, uri: str) -> None:
    assert Place(path).uri == uri
