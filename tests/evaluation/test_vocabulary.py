"""What rules may name: techniques as of one ATT&CK version, and controls of frameworks with theirs."""

import re

from scanner.evaluation.vocabulary import check_names, load_vocabulary


def test_every_revoked_technique_has_a_current_successor() -> None:
    known = load_vocabulary()
    assert known.attack_version == "19"
    assert known.revoked["T1562.008"] == "T1685.002"
    assert set(known.revoked.values()) <= set(known.techniques)
    assert not set(known.revoked) & set(known.techniques)
    assert all(re.fullmatch(r"T\d{4}(\.\d{3})?", id_) for id_ in [*known.techniques, *known.revoked])


def test_every_framework_has_a_title_and_titled_controls() -> None:
    frameworks = load_vocabulary().frameworks
    assert {"nist_800_53_r5", "iso_27001_2022", "aws_fsbp", "cis_aws_foundations_5_0_0"} <= set(frameworks)
    for framework in frameworks.values():
        assert framework.title
        assert all(framework.controls.values())


def test_fsbp_is_a_part_of_security_hub() -> None:
    frameworks = load_vocabulary().frameworks
    assert frameworks["aws_fsbp"].controls.items() < frameworks["aws_security_hub"].controls.items()


def test_names_in_the_vocabulary_are_no_problem() -> None:
    attack = [{"technique": "T1490", "how": "prevents"}]
    assert list(check_names({"attack": attack, "controls": {"iso_27001_2022": ["A.8.13"]}})) == []
