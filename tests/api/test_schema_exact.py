"""The schema refuses what the API refuses, as far as a schema can."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given
from hypothesis import strategies as st

from redcross.api.serializers import PERIOD
from redcross.periods import Period, UnknownPeriodError

WRITTEN = st.from_regex(r"[12][0-9]{3}(-?[QHqh]?[0-9]{1,2})?(\.\.)?[12]?[0-9]{0,3}", fullmatch=True)


@given(WRITTEN)
def test_a_period_is_in_the_schema_exactly_as_it_is_read(text):
    try:
        Period.parse(text)
    except UnknownPeriodError:
        before, dots, after = text.partition("..")
        turned_round = dots and re.match(PERIOD, before) and re.match(PERIOD, after)
        assert turned_round or not re.match(PERIOD, text)
    else:
        assert re.match(PERIOD, text)


@pytest.mark.django_db
def test_what_is_sent_has_no_other_words_and_no_nul():
    schema = SchemaGenerator().get_schema(request=None, public=True)

    for body in ("UploadInRequest", "ActInRequest", "UploadIn", "ActIn"):
        if body in schema["components"]["schemas"]:
            assert schema["components"]["schemas"][body]["additionalProperties"] is False
    (asked,) = [
        each
        for each in schema["paths"]["/api/v1/uploads/"]["get"]["parameters"]
        if each["name"] == "sheet"
    ]
    assert not re.match(asked["schema"]["pattern"], "a\0b")
    assert re.match(asked["schema"]["pattern"], "donations.ledger")
