"""Waivers become things to judge, counted from the day of the run, where they stand."""

from datetime import date
from pathlib import Path

from scanner import analysis
from scanner.estate.estate import Estate
from scanner.estate.intent import Intent, Waiver
from scanner.estate.needs import Need
from scanner.estate.resource import Location
from scanner.estate.unknown import Unknown

WANTED = {Need("DR::Waiver", "DaysLeft")}
IN_FILE = Waiver("a-rule", "arn:aws:s3:::logs*", "cheap", "data team", date(2026, 11, 20), line=7)
IN_TEMPLATE = Waiver("a-rule", "logs", "old", "ops", date(2026, 12, 1), 14, Location("stack.yaml", 12, 20))


def waivers(*given, today=date(2026, 11, 21), file=Path("estate.yaml")):
    intent = Intent(waivers=given, today=today, file=file)
    return analysis.derive(Estate(), intent, WANTED).of_type("DR::Waiver")


def test_it_says_who_accepted_what_and_how_many_days_are_left():
    [one] = waivers(IN_FILE)
    assert one.properties == {
        "Rule": "a-rule",
        "Resource": "arn:aws:s3:::logs*",
        "Reason": "cheap",
        "Owner": "data team",
        "Expires": "2026-11-20",
        "DaysLeft": -1,
    }
    assert one.location == Location("estate.yaml", 7)


def test_one_of_a_template_stands_in_the_template():
    [one] = waivers(IN_TEMPLATE)
    assert one.properties["DaysLeft"] == 10
    assert one.location == Location("stack.yaml", 14)


def test_two_of_one_name_are_two():
    first, second = waivers(IN_FILE, IN_FILE)
    assert first.identity != second.identity


def test_which_day_it_is_is_never_guessed():
    [one] = waivers(IN_FILE, today=None, file=None)
    assert one.properties["DaysLeft"] == Unknown("the day of the run is not known")
    assert one.location is None


def test_without_waivers_the_estate_stays_as_it_is():
    estate = Estate()
    assert analysis.derive(estate, Intent(), WANTED) is estate
