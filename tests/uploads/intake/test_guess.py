"""Recognition of a dropped workbook: sheet, period and branch, and how certain they are."""

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from redcross.branches.models import Branch
from redcross.branches.tree import get_tree as all_branches
from redcross.demo.declaration import list_visitor_files
from redcross.periods import Period
from redcross.uploads.files import workbook
from redcross.uploads.files.cell_kinds import KIND_SUFFIX, TEXT, column_letter
from redcross.uploads.files.workbook import Grid
from redcross.uploads.intake.guess.certainty import Certainty
from redcross.uploads.intake.guess.which_branch import BranchNames, find_branch, guess_branch
from redcross.uploads.intake.guess.which_period import dated_months, find_period, guess_period
from redcross.uploads.intake.guess.which_sheet import guess_sheet, rank_sheets
from redcross.uploads.intake.guess.workbook_texts import WorkbookTexts, collect_texts
from redcross.uploads.registry import registry

TODAY = dt.date(2022, 2, 22)
NO_WORDS = WorkbookTexts((), {}, "表", ())


def make_grid(*rows, worksheet="Sheet1"):
    """Return a grid of texts, as a worksheet that was read."""
    width = max(map(len, rows))
    columns = {}
    for index in range(width):
        texts = [str(row[index]) if index < len(row) else "" for row in rows]
        name = column_letter(index)
        columns[name] = pl.Series(name, texts, dtype=pl.String)
        columns[name + KIND_SUFFIX] = pl.Series(
            name + KIND_SUFFIX, [TEXT if text else 0 for text in texts], dtype=pl.UInt8
        )
    return Grid(worksheet, 1, pl.DataFrame(columns))


@pytest.fixture(scope="module")
def specs(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        return [sheet.specification() for sheet in registry.values()]


@pytest.mark.parametrize(
    ("text", "period"),
    [
        ("昆明市红十字会捐赠款物明细表（2022年1月）", "2022-01"),
        ("2021年度募捐筹资情况统计表", "2021"),
        ("２０２１年第三季度造血干细胞统计表", "2021Q3"),
        ("2021年3季度", "2021Q3"),
        ("2021Q4 器官", "2021Q4"),
        ("2021年上半年重点任务推进表", "2021H1"),
        ("2021年1月至3月培训名册", "2021-01..2021-03"),
        ("2021年12月-2022年2月", "2021-12..2022-02"),
        ("2021年7月1日至9月30日", "2021-07..2021-09"),
        ("2021.7.1-2021.9.30", "2021-07..2021-09"),
        ("2021-10-01至2021-12-31", "2021-10..2021-12"),
        ("五华区 2021-08 捐款", "2021-08"),
        ("明细202108", "2021-08"),
        ("捐款公示（截至2022年2月2日24：00）", "2022-02"),
        ("二〇二一年", "2021"),
        ("第8期—2", None),
        ("99公益日筹款统计表", None),
        ("电话13800002021", None),
    ],
)
def test_period_is_guessed_from_title_text(text, period):
    result = find_period(text, today=TODAY)

    assert (str(result[0]) if result else None) == (str(Period.parse(period)) if period else None)


@pytest.mark.parametrize(
    ("text", "period"),
    [("1月捐赠明细", "2022-01"), ("12月份培训", "2021-12"), ("第四季度", "2021Q4")],
)
def test_period_from_title_without_year_is_the_latest_past_year_and_unsure(text, period):
    result = find_period(text, today=TODAY)

    assert result == (Period.parse(period), Certainty.LIKELY)


@given(
    year=st.integers(2000, 2030),
    month=st.integers(1, 12),
    before=st.sampled_from(["", "云南省", "五华区红十字会", "关于报送"]),
    after=st.sampled_from(["", "捐赠明细表", "（第2稿）", "培训名册.定稿"]),
    form=st.sampled_from(["{y}年{m}月", "{y}-{m:02d}", "{y}.{m:02d}", "({y}年{m:02d}月份)"]),
)
def test_period_is_guessed_from_a_month_anywhere_in_the_text(year, month, before, after, form):
    text = before + form.format(y=year, m=month) + after

    assert find_period(text, today=TODAY) == (Period.month(dt.date(year, month, 1)), Certainty.YES)


@given(st.text(max_size=60))
def test_period_guess_never_raises_on_any_text(text):
    result = find_period(text, today=TODAY)

    assert result is None or result[0].first is not None


def test_period_in_text_takes_precedence_over_row_dates_with_a_notice():
    words = WorkbookTexts(("捐赠明细表（2022年1月）",), {}, "表", ())

    agreeing = guess_period(words, dated=Period.parse("2022-01"), today=TODAY)
    differing = guess_period(words, dated=Period.parse("2022-02"), today=TODAY)

    assert (str(agreeing.period), agreeing.certainty) == ("2022-01", Certainty.YES)
    assert (str(differing.period), differing.certainty) == ("2022-01", Certainty.NO)
    assert "日期列是2022年2月" in differing.reason


def test_period_without_text_comes_from_dates_or_is_last_month_unsure():
    dated = guess_period(NO_WORDS, dated=Period.parse("2021-08"), today=TODAY)
    hinted = guess_period(NO_WORDS, dated=None, today=TODAY, requested=Period.parse("2021-11"))
    nothing = guess_period(NO_WORDS, dated=None, today=TODAY)

    assert (str(dated.period), dated.certainty) == ("2021-08", Certainty.YES)
    assert (str(hinted.period), hinted.certainty) == ("2021-11", Certainty.LIKELY)
    assert (str(nothing.period), nothing.certainty) == ("2022-01", Certainty.NO)


def test_period_is_guessed_from_the_sheets_date_column(specs):
    table = make_grid(
        ["捐赠人", "金额（元）", "到账日期"],
        ["示例甲", "1", "2021.8.1"],
        ["示例乙", "2", "2021年9月3日"],
        ["示例丙", "3", "44440"],
        ["示例丁", "4", "六月"],
    )
    spec = next(spec for spec in specs if spec.key == "donations.ledger")

    assert dated_months([table], spec) == Period.parse("2021-08..2021-09")


HEADINGS = {
    "donations.ledger": ["序号", "捐赠单位（个人）", "捐赠金额（元）", "捐赠日期", "渠道", "票据号码"],
    "training.roster": ["序号", "姓名", "性别", "身份证号", "培训日期", "培训类型", "理论成绩", "操作成绩", "是否合格"],
    "relief.roster": ["县区", "乡镇", "村(社区)", "户主姓名", "身份证号", "家庭人口", "困难类型", "发放物资", "发放日期", "届次"],
    "training.statistics": ["单位", "救护员期数", "救护员人数", "普及场次", "普及人次"],
    "training.devices": ["设备编号", "单位", "安装地点", "型号"],
    "relief.applications": ["患儿姓名", "性别", "出生日期", "身份证号", "病种", "医院", "监护人", "申请日期"],
}  # fmt: skip


@pytest.mark.parametrize("key", HEADINGS)
def test_sheet_is_guessed_from_headers_alone(key, specs):
    result = guess_sheet([make_grid(HEADINGS[key], ["1"] * len(HEADINGS[key]))], NO_WORDS, specs)

    assert result.candidates[0].key == key
    assert result.key in (key, "")


def test_sheet_whose_headings_only_fit_patterns_is_guessed(specs):
    headings = ["捐方名称", "到账金额", "到账时间", "备注"]

    result = guess_sheet([make_grid(headings, ["1"] * 4)], NO_WORDS, specs)

    assert result.candidates[0].key == "donations.ledger"


def test_sheet_guess_with_two_equal_candidates_names_both_and_takes_none(specs):
    table = make_grid(["单位", "备注"], ["五华区", "示例"])

    result = guess_sheet([table], NO_WORDS, specs)

    assert result.key == ""
    assert result.certainty is Certainty.NO
    assert "请选择" in result.reason


def test_sheet_guess_of_an_unknown_file_says_so(specs):
    result = guess_sheet([make_grid(["菜名", "价格"], ["米线", "12"])], NO_WORDS, specs)

    assert (result.key, result.certainty) == ("", Certainty.NO)
    assert "没有找到任何一张报表的表头" in result.reason


def test_sheet_guess_names_but_does_not_take_a_forbidden_sheet(specs):
    table = make_grid(HEADINGS["donations.ledger"], ["1"] * 6)

    result = guess_sheet([table], NO_WORDS, specs, allowed={"training.roster"})

    assert result.key == ""
    assert "《捐赠款物明细表》，但您没有填报这张表的权限" in result.reason


def test_sheet_guess_prefers_the_requested_sheet_when_it_fits(specs):
    table = make_grid(["单位", "名称", "备注"], ["五华区", "示例", ""])
    likely = [fit.key for fit in rank_sheets([table], NO_WORDS, specs)]

    for key in likely:
        assert guess_sheet([table], NO_WORDS, specs, requested=key).key == key


@given(st.lists(st.lists(st.text(max_size=12), min_size=1, max_size=6), min_size=1, max_size=6))
def test_guess_never_raises_on_any_cells(rows):
    words = collect_texts([make_grid(*rows)], "表.xlsx")

    assert guess_sheet([make_grid(*rows)], words, []).key == ""
    assert guess_period(words, dated=None, today=TODAY).period.first is not None


# Whose ------------------------------------------------------------------------------


@pytest.fixture
def branch_guesser(db):
    """Return a function that guesses the branch as a clerk of 昆明市."""
    branches = all_branches().branches
    home = Branch.objects.get(code="5301")
    names = BranchNames(
        ids_by_name=all_branches().resolve_names(home),
        labels={branch.pk: branch.short_name for branch in branches},
        parents={branch.pk: branch.parent_id for branch in branches if branch.parent_id},
    )
    enterable = {branch.pk for branch in branches if home.contains(branch)}

    def guess(words, column=()):
        result = guess_branch(
            words,
            column=column,
            names=names,
            enterable=enterable,
            default=home.pk,
        )
        return Branch.objects.get(pk=result.branch_id).code, result.certainty, result.reason

    return guess


@pytest.mark.parametrize(
    ("words", "column", "code", "sure"),
    [
        (
            WorkbookTexts((), {"填报单位": "昆明市五华区红十字会"}, "表", ()),
            [],
            "530102",
            Certainty.YES,
        ),
        (WorkbookTexts(("五华区红十字会培训名册",), {}, "表", ()), [], "530102", Certainty.YES),
        (WorkbookTexts((), {}, "盘龙区8月捐款", ()), [], "530103", Certainty.YES),
        (WorkbookTexts(("昆明市与曲靖市培训对比",), {}, "表", ()), [], "5301", Certainty.LIKELY),
        (NO_WORDS, ["五华区", "五华区"], "530102", Certainty.YES),
        (NO_WORDS, ["五华区", "盘龙区"], "5301", Certainty.YES),
        (
            WorkbookTexts(("云南省红十字会捐赠款物明细表",), {}, "表", ()),
            [],
            "5301",
            Certainty.LIKELY,
        ),
        (WorkbookTexts(("大理州红十字会培训名册",), {}, "表", ()), [], "5301", Certainty.NO),
        (NO_WORDS, [], "5301", Certainty.LIKELY),
    ],
)
def test_branch_guess_is_the_named_branch_inside_the_subtree_only(
    branch_guesser, words, column, code, sure
):
    result = branch_guesser(words, column)

    assert result[:2] == (code, sure)


def test_branch_guess_reason_names_a_branch_outside_the_subtree(branch_guesser):
    _, _, why = branch_guesser(WorkbookTexts(("大理州红十字会培训名册",), {}, "表", ()))

    assert "大理州，不在您的填报范围" in why


@given(st.text(max_size=40))
def test_branch_guess_never_raises_on_any_text(text):
    ids_by_name = {"五华区": (1,), "昆明市": (2,), "本级": (2,), "5301": (2,), "大理": (3, 4)}

    assert find_branch(text, BranchNames(ids_by_name, {}, {1: 2})) in (None, 1, 2)


# A clerk's month ----------------------------------------------------------------------


@pytest.mark.django_db
def test_demo_workbooks_of_a_month_are_guessed_correctly(tmp_path, specs):
    wrong = {}
    for name, content in list_visitor_files():
        path = tmp_path / "book.xlsx"
        path.write_bytes(content)
        book = workbook.read_workbook(path, filename=name)
        words = collect_texts(book.grids, name)
        sheet = guess_sheet(book.grids, words, specs)
        spec = next((spec for spec in specs if spec.key == sheet.key), None)
        dated = dated_months(book.grids, spec) if spec else None
        wrong[name] = (sheet.key, str(guess_period(words, dated=dated, today=TODAY).period))

    county = {name: what for name, what in wrong.items() if name.startswith("五华区")}
    assert {key for key, _ in county.values()} == {
        "donations.ledger",
        "training.roster",
        "training.statistics",
        "relief.roster",
        "reform.network",
        "donors.stem_cell_statistics",
    }
    assert {period for _, period in wrong.values()} == {"2022-01"}
    assert {key for name, (key, _) in wrong.items() if "捐赠明细" in name} == {"donations.ledger"}
