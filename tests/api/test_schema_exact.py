"""The API schema refuses what the API refuses, as far as a schema can say it."""

import re

import pytest
from drf_spectacular.generators import SchemaGenerator
from hypothesis import given
from hypothesis import strategies as st

from redcross.api.serializers import PERIOD_PATTERN
from redcross.periods import Period, UnknownPeriodError

WRITTEN = st.from_regex(r"[12][0-9]{3}(-?[QHqh]?[0-9]{1,2})?(\.\.)?[12]?[0-9]{0,3}", fullmatch=True)


@given(WRITTEN)
def test_api_schema_period_pattern_matches_the_parser(text):
    try:
        Period.parse(text)
    except UnknownPeriodError:
        before, dots, after = text.partition("..")
        turned_round = dots and re.match(PERIOD_PATTERN, before) and re.match(PERIOD_PATTERN, after)
        assert turned_round or not re.match(PERIOD_PATTERN, text)
    else:
        assert re.match(PERIOD_PATTERN, text)


@pytest.mark.django_db
def test_api_schema_request_bodies_refuse_unknown_keys_and_nul():
    schema = SchemaGenerator().get_schema(request=None, public=True)

    for body in ("UploadInRequest", "ActInRequest", "UploadIn", "ActIn"):
        if body in schema["components"]["schemas"]:
            assert schema["components"]["schemas"][body]["additionalProperties"] is False
    (parameter,) = [
        parameter
        for parameter in schema["paths"]["/api/v1/uploads/"]["get"]["parameters"]
        if parameter["name"] == "sheet"
    ]
    assert not re.match(parameter["schema"]["pattern"], "a\0b")
    assert re.match(parameter["schema"]["pattern"], "donations.ledger")
