"""Sex and day of birth are held against the identity number, on every sheet that has them."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.uploads.cells.identifiers import check_character
from redcross.uploads.registry import registry
from redcross.uploads.schema.id_number_rules import rules_of

COLUMNS = {"id_number", "sex", "born_on"}
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2022, 2, 22))


def number_of(born, place, *, man):
    """Return an invented number of 18 digits."""
    body = f"530102{born:%Y%m%d}{place:02d}{1 if man else 2}"
    return body + check_character(body)


def found(number, sex, born):
    frame = pl.DataFrame(
        {"id_number": [number], "sex": [sex], "born_on": [born]},
        schema={"id_number": pl.String, "sex": pl.String, "born_on": pl.Date},
    )
    return {
        rule.code
        for rule in rules_of(COLUMNS)
        if frame.select(rule.broken().fill_null(False)).item()
    }


@given(DAYS, DAYS, st.integers(0, 99), st.booleans())
def test_a_number_is_held_against_exactly_its_own_day_and_sex(born, other, place, man):
    number = number_of(born, place, man=man)
    own, wrong = ("MALE", "FEMALE") if man else ("FEMALE", "MALE")

    assert found(number, own, born) == set()
    assert found(number, wrong, born) == {"id.sex_mismatch"}
    assert found(number, own, other) == ({"id.birth_mismatch"} if other != born else set())


def test_the_fifteen_digits_of_old_are_read_as_of_the_last_century():
    assert found("530102650307121", "MALE", dt.date(1965, 3, 7)) == set()
    assert found("530102650307121", "FEMALE", dt.date(1966, 3, 7)) == {
        "id.sex_mismatch", "id.birth_mismatch",
    }  # fmt: skip


@pytest.mark.parametrize("number", [None, "E12345678", "H1234567890"])
def test_other_documents_say_nothing_of_sex_or_birth(number):
    assert found(number, "FEMALE", dt.date(1990, 1, 1)) == set()


@pytest.mark.django_db
def test_no_sheet_that_has_both_goes_without():
    told = {
        sheet.key: {rule.code for rule in sheet.specification().rules}
        for sheet in registry.values()
        if "id_number" in sheet.columns
    }

    for key, codes in told.items():
        assert ("id.sex_mismatch" in codes) == ("sex" in registry[key].columns), key
        assert ("id.birth_mismatch" in codes) == ("born_on" in registry[key].columns), key
    assert sum("id.birth_mismatch" in codes for codes in told.values()) >= 2
