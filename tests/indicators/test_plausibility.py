"""Plausibility warnings: statistics compared with the period before and with the rosters."""

import dataclasses
from decimal import Decimal

import polars as pl
import pytest

from redcross.indicators.checks.consistency import CountRow, compare_with_previous_period
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.statistics_sheet import StatisticsSheet
from redcross.periods import Period
from redcross.uploads.choices import UploadState
from redcross.uploads.registry import registry
from redcross.uploads.schema.sheet import SheetError

pytestmark = pytest.mark.django_db
TRAINING, MONEY = "training.statistics", "donations.statistics"
STEM_CELLS, ORGANS = "donors.stem_cell_statistics", "donors.organ_statistics"
ROSTER = "姓名 培训日期 期次 是否合格"
UNITS = "单位 基层组织名称 类别 成立日期"


def plausibility_warnings(upload):
    """Return the warnings of an upload that has no other findings."""
    assert upload.state == UploadState.READY
    return [(finding.code, f"{finding.column}{finding.row}") for finding in upload.findings.all()]


# the period before ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (400, 950, [("swing.large", "B2")]),
        (400, 150, [("swing.large", "B2")]),
        (400, 600, []),  # by half, not by more
        (400, 200, []),
        (99, 400, []),  # too few for a change to say much
    ],
)
def test_large_change_against_previous_period_is_a_warning_above_minimum_size(
    pipeline, before, after, expected
):
    headings = "单位 普及／人次"
    pipeline.effective(TRAINING, headings, ("昆明市", before), code="53", period="2021Q2")

    upload = pipeline.checked(TRAINING, headings, ("昆明市", after), code="53", period="2021Q3")

    assert plausibility_warnings(upload) == expected


def test_change_warning_names_both_figures_and_the_period(pipeline):
    headings = "单位 普及／人次"
    pipeline.effective(TRAINING, headings, ("昆明市", 400), code="53", period="2021Q2")

    upload = pipeline.checked(TRAINING, headings, ("昆明市", 950), code="53", period="2021Q3")

    assert pipeline.messages(upload) == [
        "第2行「普及／人次」：本期 950，上期（2021年第二季度）为 400，变动 +137.5%"
    ]


@pytest.mark.parametrize(
    ("code", "period"),
    [("5329", "2021Q2"), ("5301", "2021Q1"), ("5301", "2021-06")],
    ids=["another branch", "another quarter", "a month"],
)
def test_change_warning_compares_same_branch_and_previous_period_only(pipeline, code, period):
    pipeline.effective(TRAINING, "普及／人次 普及／场次", (400, 9), code=code, period=period)

    upload = pipeline.checked(
        TRAINING, "普及／人次 普及／场次", (950, 9), code="5301", period="2021Q3"
    )

    assert plausibility_warnings(upload) == []


def test_change_warning_is_never_given_for_organs(pipeline):
    headings = "单位 志愿登记／本年 器官捐献／肾"
    pipeline.effective(ORGANS, headings, ("昆明市", 400, 120), code="53", period="2021Q2")

    upload = pipeline.checked(ORGANS, headings, ("昆明市", 950, 300), code="53", period="2021Q3")

    assert plausibility_warnings(upload) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("合计（万元）", "5.2"), ("合计（万元）", "52000"), "amount.jump"),
        (("合计（万元）", "5.2"), ("合计（元）", "5.2"), "amount.jump"),
        (("合计（万元）", "52"), ("合计（万元）", "99"), "swing.large"),
        (("合计（万元）", "52"), ("合计（元）", "520000"), None),
        (("合计（万元）", "0.5"), ("合计（万元）", "5000"), None),
    ],
)
def test_unit_warning_is_given_for_yuan_in_a_table_of_ten_thousands(
    pipeline, before, after, expected
):
    pipeline.effective(
        MONEY, f"单位 {before[0]}", ("昆明市", before[1]), code="53", period="2021Q2"
    )

    upload = pipeline.checked(
        MONEY, f"单位 {after[0]}", ("昆明市", after[1]), code="53", period="2021Q3"
    )

    assert plausibility_warnings(upload) == ([(expected, "B2")] if expected else [])


# running totals -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (("2021Q2", 3, 100), ("2021Q3", 2, 102), []),
        (("2021Q2", 3, 100), ("2021Q3", 5, 102), []),  # 本年 since January: 5 - 3 have come
        (("2021Q2", 3, 100), ("2021Q3", 2, 110), [("total.not_carried", "C2")]),
        (("2021Q2", 3, 100), ("2021Q3", 2, 100), [("total.not_carried", "C2")]),
        (("2020Q4", 9, 100), ("2021Q1", 2, 102), []),
        (("2020Q4", 9, 100), ("2021Q1", 11, 102), [("total.not_carried", "C2")]),
        (("2021Q1", 3, 100), ("2021Q3", 2, 110), []),  # nothing is known of the second quarter
    ],
)
def test_running_total_equals_previous_total_plus_new_amounts(pipeline, before, after, expected):
    headings = "单位 捐献／本年 捐献／累计"
    first, *figures = before
    pipeline.effective(STEM_CELLS, headings, ("昆明市", *figures), code="53", period=first)
    then, *figures = after

    upload = pipeline.checked(STEM_CELLS, headings, ("昆明市", *figures), code="53", period=then)

    assert plausibility_warnings(upload) == expected


def test_running_total_mismatch_warning_names_three_figures(pipeline):
    headings = "单位 志愿登记／本年 志愿登记／累计"
    pipeline.effective(ORGANS, headings, ("昆明市", 3, 100), code="53", period="2021Q2")

    upload = pipeline.checked(ORGANS, headings, ("昆明市", 2, 110), code="53", period="2021Q3")

    assert pipeline.messages(upload) == [
        "第2行「志愿登记／累计」：本期为 110，上期累计 100 加「志愿登记／本年」2 应为 102"
    ]


@pytest.mark.parametrize(("total", "codes"), [(2, []), (102, ["total.not_carried"])])
def test_running_total_reset_in_a_new_year_gives_no_warning(pipeline, branch, total, codes):
    headings = "单位 捐献／本年 捐献／累计"
    pipeline.effective(STEM_CELLS, headings, ("昆明市", 9, 100), code="53", period="2020Q4")
    columns = registry[STEM_CELLS].columns
    yearly = dataclasses.replace(columns["donated_total"], restarts_each_year=True)
    figures = {"donated": Decimal(2), "donated_total": Decimal(total)}
    row = CountRow("表1", 2, branch("5301").pk, own=False, values=figures)

    findings = compare_with_previous_period(
        STEM_CELLS, {**columns, "donated_total": yearly}, [row], Period.parse("2021Q1")
    )

    assert [finding.code for finding in findings] == codes


# rosters --------------------------------------------------------------------------


@pytest.fixture
def roster_upload(pipeline):
    rows = [(f"示例{at}", f"2021-08-0{at + 1}", "第1期", "是") for at in range(3)]
    return pipeline.effective(
        "training.roster", ROSTER, *rows, ("示例乙", "2021-08-03", "第1期", "否")
    )


@pytest.mark.parametrize(("reported", "expected"), [(3, []), (4, [("roster.differs", "B2")])])
def test_statistics_warning_compares_with_passed_trainees_of_the_roster(
    pipeline, roster_upload, reported, expected
):
    upload = pipeline.checked(
        TRAINING, "单位 救护员／人数", ("昆明市", reported), code="53", period="2021Q3"
    )

    assert plausibility_warnings(upload) == expected


def test_roster_difference_warning_names_both_figures(pipeline, roster_upload):
    upload = pipeline.checked(
        TRAINING, "单位 救护员／人数", ("昆明市", 4), code="53", period="2021Q3"
    )

    assert pipeline.messages(upload) == [
        "第2行「救护员／人数」：本表为 4，名册中同期培训初级救护员人数为 3，相差 1"
    ]


@pytest.mark.parametrize(
    ("place", "period"), [("大理州", "2021Q3"), ("昆明市", "2021Q2")], ids=["branch", "period"]
)
def test_statistics_without_a_roster_give_no_warning(pipeline, roster_upload, place, period):
    upload = pipeline.checked(TRAINING, "单位 救护员／人数", (place, 4), code="53", period=period)

    assert plausibility_warnings(upload) == []


@pytest.mark.parametrize(("reported", "expected"), [(2, []), (5, [("roster.differs", "B2")])])
def test_grassroots_unit_count_is_compared_with_the_register(pipeline, reported, expected):
    rows = [("五华区", f"示例街道{at}红十字会", "乡镇", f"2021-0{at}-08") for at in (3, 8)]
    pipeline.effective("reform.units", UNITS, *rows, period="2021")

    upload = pipeline.checked(
        "reform.network", "单位 基层组织／期末", ("五华区", reported), code="5301", period="2021Q3"
    )

    assert plausibility_warnings(upload) == expected


# cost -----------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_plausibility_check_query_count_is_constant(
    pipeline, roster_upload, branch, count, django_assert_num_queries
):
    headings = "单位 救护员／人数 普及／人次"
    rows = [(name, 4, 400) for name in ("昆明市", "大理州", "曲靖市")]
    pipeline.effective(TRAINING, headings, *rows, code="53", period="2021Q2")
    places = [branch(code).pk for code in ("5301", "5329", "5303")][:count]
    frame = pl.DataFrame(
        {
            "worksheet": ["表1"] * count,
            "row": range(2, count + 2),
            "branch": places,
            "first_aiders": [4] * count,
            "people_times": [950] * count,
        }
    )

    with django_assert_num_queries(8):
        findings = list(registry[TRAINING].plausibility_warnings(frame, Period.parse("2021Q3")))

    assert [finding.code for finding in findings] == ["swing.large"] * count + ["roster.differs"]


def test_cumulative_declaration_without_base_indicator_is_refused_at_start_up():
    with pytest.raises(SheetError, match="no figures of an indicator"):

        class Wrong(StatisticsSheet):
            now = CountedColumn("本期", indicator="donors.organ_wishes")
            total = CountedColumn("累计", adds="now")
