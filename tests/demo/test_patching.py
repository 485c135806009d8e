"""Corrections go in once, into a moto that they know, or not at all."""

import subprocess
import sys

import pytest

from scanner.demo import moto_corrections
from scanner.demo.moto_corrections.patching import Correction, install
from scanner.errors import DrscanError


class Service:
    """Stands for a class of moto."""

    def answer(self):
        return "wrong"

    def other(self):
        return "right"


def louder(original, self):
    return original(self).upper()


def twice(original, self):
    return original(self) * 2


@pytest.fixture
def service():
    return type("Service", (Service,), {"answer": Service.answer, "other": Service.other})


def test_a_correction_is_given_the_original(service):
    install([Correction(service, "answer", louder)])
    assert service().answer() == "WRONG"
    assert service().other() == "right"


def test_installing_the_same_twice_changes_nothing(service):
    install([Correction(service, "answer", louder)])
    once = service.answer
    install([Correction(service, "answer", louder)])
    assert service.answer is once


def test_two_corrections_of_one_method_both_apply_and_stay_once(service):
    both = [Correction(service, "answer", louder), Correction(service, "answer", twice)]
    for _ in range(2):
        install(both)
    assert service().answer() == "WRONGWRONG"


def test_a_missing_method_changes_nothing_and_is_named(service):
    with pytest.raises(DrscanError, match=r"Service\.gone"):
        install([Correction(service, "answer", louder), Correction(service, "gone", louder)])
    assert service().answer() == "wrong"


@pytest.mark.parametrize("version", ["5.2.5", "5.2.10", "5.3.0.dev1", "5.10"])
def test_a_known_version_is_taken(version):
    moto_corrections.check_version(version)


@pytest.mark.parametrize("version", ["4.2.14", "5.2.4", "6.0.0", "10.1"])
def test_an_unknown_version_is_refused_by_name(version):
    with pytest.raises(DrscanError, match=version) as caught:
        moto_corrections.check_version(version)
    assert "drscan[demo]" in caught.value.hint


def test_applying_twice_changes_nothing():
    from moto.s3.responses import S3Response

    moto_corrections.apply()
    once = S3Response._bucket_response
    moto_corrections.apply()
    assert S3Response._bucket_response is once


def test_without_moto_the_way_to_install_it_is_said():
    code = (
        "import sys; sys.modules['moto'] = None\n"
        "from scanner.demo.emulation import empty\n"
        "from scanner.errors import DrscanError\n"
        "try:\n"
        "    empty().__enter__()\n"
        "except DrscanError as error:\n"
        "    print(error.diagnostic())\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert 'pip install "drscan[demo]"' in run.stdout
