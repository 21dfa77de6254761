"""Sex and date of birth are compared with the identity number, on every sheet that has them."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.uploads.cells.identifiers import check_character
from redcross.uploads.registry import registry
from redcross.uploads.schema.id_number_rules import rules_for_columns

COLUMNS = {"id_number", "sex", "born_on"}
DAYS = st.dates(dt.date(1900, 1, 1), dt.date(2022, 2, 22))


def make_id_number(born, place, *, man):
    """Return an invented number of 18 digits."""
    body = f"530102{born:%Y%m%d}{place:02d}{1 if man else 2}"
    return body + check_character(body)


def id_findings(number, sex, born):
    frame = pl.DataFrame(
        {"id_number": [number], "sex": [sex], "born_on": [born]},
        schema={"id_number": pl.String, "sex": pl.String, "born_on": pl.Date},
    )
    return {
        rule.code
        for rule in rules_for_columns(COLUMNS)
        if frame.select(rule.violation().fill_null(False)).item()
    }


@given(DAYS, DAYS, st.integers(0, 99), st.booleans())
def test_id_number_is_compared_with_its_own_birth_date_and_sex(born, other, place, man):
    number = make_id_number(born, place, man=man)
    own, wrong = ("MALE", "FEMALE") if man else ("FEMALE", "MALE")

    assert id_findings(number, own, born) == set()
    assert id_findings(number, wrong, born) == {"id.sex_mismatch"}
    assert id_findings(number, own, other) == ({"id.birth_mismatch"} if other != born else set())


def test_id_number_of_fifteen_digits_is_read_as_of_the_last_century():
    assert id_findings("530102650307121", "MALE", dt.date(1965, 3, 7)) == set()
    assert id_findings("530102650307121", "FEMALE", dt.date(1966, 3, 7)) == {
        "id.sex_mismatch", "id.birth_mismatch",
    }  # fmt: skip


@pytest.mark.parametrize("number", [None, "E12345678", "H1234567890"])
def test_other_identity_documents_give_no_sex_or_birth_finding(number):
    assert id_findings(number, "FEMALE", dt.date(1990, 1, 1)) == set()


@pytest.mark.django_db
def test_every_sheet_with_id_number_and_sex_has_the_id_number_rules():
    sheets = {
        sheet.key: {rule.code for rule in sheet.specification().rules}
        for sheet in registry.values()
        if "id_number" in sheet.columns
    }

    for key, codes in sheets.items():
        assert ("id.sex_mismatch" in codes) == ("sex" in registry[key].columns), key
        assert ("id.birth_mismatch" in codes) == ("born_on" in registry[key].columns), key
    assert sum("id.birth_mismatch" in codes for codes in sheets.values()) >= 2
