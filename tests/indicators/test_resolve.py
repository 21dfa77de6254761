"""Which source counts for a subtree and its months: rows, or a figure reported for either."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest

from donations.indicators import NATIONAL_RANK, RAISED
from donations.models import Donation
from redcross.accounts.models import User
from redcross.branches.models import Branch
from redcross.indicators.checks.discrepancies import list_discrepancies
from redcross.indicators.declare.declaration import Cumulative, Ratio
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.models import ReportedFigure
from redcross.indicators.query.formatting import (
    format_change,
    format_short,
    is_record_high,
    percent_change,
    rank_values,
)
from redcross.indicators.query.question import Question
from redcross.indicators.query.resolve import answer_question, answer_questions
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.models import Upload

pytestmark = pytest.mark.django_db
TOTAL = Cumulative("test.raised_total", "累计募集", base=RAISED)


@pytest.fixture
def upload(now):
    return Upload.objects.create(
        branch=Branch.objects.get(code="53"), sheet="indicators.reported",
        first_month=dt.date(2021, 1, 1), last_month=dt.date(2021, 12, 1), mode="append",
        uploaded_by=User.objects.get(username="命令行（填报）"), created_at=now,
    )  # fmt: skip


@pytest.fixture
def make_gift(upload, branch):
    def make(code, day, value):
        Donation.objects.create(
            branch=branch(code), upload=upload, row_key=uuid.uuid4(), giver_name="示例",
            value=value, received_on=day,
        )  # fmt: skip

    return make


@pytest.fixture
def make_reported_figure(upload, branch):
    def make(code, period, value, *, scope="SUBTREE", indicator=RAISED, **more):
        months = Period.parse(period)
        return ReportedFigure.objects.create(
            branch=branch(code), upload=upload, row_key=uuid.uuid4(), indicator=indicator.key,
            scope=scope, first_month=months.first, last_month=months.last, value=value,
            source="公报", **more,
        )  # fmt: skip

    return make


def resolve_value(period, code="53", indicator=RAISED, **more):
    rows = answer_question(
        Question(indicator, Period.parse(period), Branch.objects.get(code=code), **more)
    )
    return None if rows.value is None else int(rows.value), rows.origin.value


def test_figure_sums_rows_of_the_subtree_or_of_the_branch_alone(make_gift):
    make_gift("53", "2021-03-01", 1)
    make_gift("5301", "2021-03-01", 10)
    make_gift("530102", "2021-04-01", 100)

    assert resolve_value("2021") == (111, "rows")
    assert resolve_value("2021", own=True) == (1, "rows")
    assert resolve_value("2021", "5301") == (110, "rows")
    assert resolve_value("2021-03", "5301") == (10, "rows")


def test_reported_figure_counts_where_there_are_no_rows(make_gift, make_reported_figure):
    make_reported_figure("53", "2020", 50)
    make_gift("5301", "2021-03-01", 10)

    assert resolve_value("2020") == (50, "reported")
    assert resolve_value("2020..2021") == (60, "mixed")
    assert resolve_value("..2021-12") == (60, "mixed")


def test_rows_take_precedence_over_a_reported_figure_and_difference_is_listed(
    make_gift, make_reported_figure
):
    make_reported_figure("53", "2021", 50)
    make_gift("5301", "2021-03-01", 10)

    assert resolve_value("2021") == (10, "rows")
    (difference,) = list_discrepancies(
        RAISED, Branch.objects.get(code="53"), Period.parse("2021"), reader=FigureAudience.RECORDS
    )
    assert (difference.reported.value, difference.counted, difference.gap) == (50, 10, -40)


def test_figure_of_a_period_cutting_a_reported_range_is_missing_with_reason(make_reported_figure):
    make_reported_figure("53", "2020", 50)

    rows = answer_question(Question(RAISED, Period.parse("2020-03"), Branch.objects.get(code="53")))

    assert rows.value is None
    assert "2020年" in rows.reason


def test_lower_branch_figures_are_combined_without_a_higher_figure(make_gift, make_reported_figure):
    make_reported_figure("5301", "2020", 7)
    make_reported_figure("5303", "2020", 8)
    make_gift("5304", "2020-05-01", 1)
    assert resolve_value("2020") == (16, "mixed")

    make_reported_figure("53", "2019", 100)
    assert resolve_value("2019..2020") == (116, "mixed")


def test_reported_figure_of_higher_branch_takes_precedence_over_lower_branches(
    make_reported_figure,
):
    make_reported_figure("53", "2020", 100)
    make_reported_figure("5301", "2020", 7)

    assert resolve_value("2020") == (100, "reported")
    assert resolve_value("2020", "5301") == (7, "reported")


def test_reported_figure_of_longer_range_takes_precedence(make_reported_figure):
    make_reported_figure("53", "2020", 100)
    make_reported_figure("53", "2020-03", 7)

    assert resolve_value("2020") == (100, "reported")
    assert resolve_value("2020-03") == (7, "reported")


def test_reported_own_figure_answers_only_for_the_branch_itself(make_reported_figure):
    make_reported_figure("53", "2020", 5, scope="OWN")
    make_reported_figure("5301", "2020", 7)

    assert resolve_value("2020", own=True) == (5, "reported")
    assert resolve_value("2020") == (12, "reported")


def test_cumulative_figure_is_the_latest_level_plus_later_flow(make_gift, make_reported_figure):
    make_reported_figure("53", "..2020-12", 1000, indicator=TOTAL)
    make_gift("5301", "2020-11-01", 5)
    make_gift("5301", "2021-02-01", 10)

    assert resolve_value("2021", indicator=TOTAL) == (1010, "mixed")
    assert resolve_value("2020", indicator=TOTAL) == (1000, "reported")


def test_external_fact_is_never_summed(make_reported_figure):
    make_reported_figure(
        "5301", "..2021-09", 2, indicator=NATIONAL_RANK, breakdown="campaign", category="99-2021"
    )
    form = {"by": ("campaign",), "category": "2021年99公益日", "indicator": NATIONAL_RANK}

    assert resolve_value("2021", "5301", **form) == (2, "reported")
    assert resolve_value("2021", "53", **form) == (None, "reported")


def test_ratio_without_denominator_is_missing(make_gift):
    share = Ratio("test.share", "占比", numerator=RAISED, denominator=NATIONAL_RANK)
    make_gift("53", "2021-01-01", 3)

    assert resolve_value("2021", indicator=share)[0] is None


@pytest.mark.parametrize("count", [1, 3])
def test_figure_query_count_is_constant(make_gift, django_assert_num_queries, count):
    make_gift("5301", "2021-03-01", 10)
    province = Branch.objects.get(code="53")
    questions = [
        Question(RAISED, Period.year(2019 + at), province, by=("branch",)) for at in range(count)
    ]

    with django_assert_num_queries(5):
        lines = answer_questions(*questions)

    assert len(lines) == count


@pytest.mark.parametrize(
    ("number", "unit", "qualifier", "printed"),
    [
        (738_000_000, Unit.YUAN, "", "7.38亿元"),
        (1_969_000_000, Unit.YUAN, "", "19.69亿元"),
        (22_792_200, Unit.YUAN, "", "2,279.22万元"),
        (20_000_000, Unit.YUAN, "余", "2,000余万元"),
        (5_260_000, Unit.YUAN, "", "526万元"),
        (480_900, Unit.PEOPLE_TIMES, "", "48.09万人次"),
        (96_000, Unit.PEOPLE, "", "9.6万人"),
        (38, Unit.CASES, "历史新高", "38例"),
        (2155, Unit.PEOPLE, "累计", "2,155人"),
    ],
)
def test_figure_is_formatted_in_leaders_units(number, unit, qualifier, printed):
    assert format_short(Decimal(number), unit, qualifier) == printed


def test_change_is_formatted_in_words_and_tied_ranks_are_shared():
    assert format_change(percent_change(Decimal(90), Decimal(100))) == "下降10.0%"
    assert format_change(percent_change(Decimal(100), Decimal(100))) == "持平"
    assert format_change(percent_change(Decimal(1), Decimal(0))) == "—"
    assert rank_values([Decimal(5), Decimal(9), Decimal(9), None, Decimal(1)]) == [3, 1, 1, None, 4]
    assert is_record_high(Decimal(38), [Decimal(37), None])
    assert not is_record_high(Decimal(38), [Decimal(38)])
