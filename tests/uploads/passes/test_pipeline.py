"""The passes of a table: documented, in one order, and each column parsed once."""

import dataclasses
import re
from collections import Counter
from decimal import Decimal

import polars as pl
import pytest

from redcross.uploads.files.cell_kinds import EMPTY, KIND_SUFFIX, NUMBER, TEXT, column_letter
from redcross.uploads.files.workbook import Grid, Workbook
from redcross.uploads.mapping.ranking import HeadingRanker
from redcross.uploads.mapping.tuning import TUNING
from redcross.uploads.parsing.parse import parse_workbook
from redcross.uploads.passes.pipeline import PASSES, run_passes
from redcross.uploads.schema.import_spec import SplitAmounts
from redcross.uploads.tables import table as table_module
from redcross.uploads.tables.detect import detect_tables
from redcross.uploads.tables.table import Table
from tests.uploads.support.ledger_spec import LEDGER, ledger_context

HEADINGS = ["捐赠人", "捐款金额情况", "单位", "手机号码", "到账日期", "现金", "微信", "渠道种类"]
ROW = ["示例甲", "", "五华区", "13800000000", "2020-01-22", "100", "", "微信"]
SPEC = dataclasses.replace(
    LEDGER,
    split_amounts=SplitAmounts(
        field="value",
        parts={"现金": ("channel", "银行"), "微信": ("channel", "微信")},
        totals=("合计",),
    ),
)


def make_grid(*rows):
    """Return rows of texts as a worksheet; what is digits is a number."""
    columns = {}
    for index, texts in enumerate(zip(*rows, strict=True)):
        kinds = [EMPTY if not text else NUMBER if text.isdigit() else TEXT for text in texts]
        letter = column_letter(index)
        columns[letter] = pl.Series(letter, texts, dtype=pl.String)
        columns[letter + KIND_SUFFIX] = pl.Series(letter + KIND_SUFFIX, kinds, dtype=pl.UInt8)
    return Grid("明细", 1, pl.DataFrame(columns))


def make_table(*rows, spec=LEDGER):
    """Return the first table of a worksheet before any pass."""
    grid, ranker = make_grid(*rows), HeadingRanker(spec)
    return Table(grid, detect_tables(grid, ranker)[0], ranker, ledger_context())


@pytest.fixture
def parses(monkeypatch):
    """Count the calls that parse a column, by its texts, field and multiple."""
    counts = Counter()
    parse_column = table_module.parse_column

    def counted(texts, kinds, field, context, **options):
        counts[texts.name, field.name, options["multiple"], texts.len()] += 1
        return parse_column(texts, kinds, field, context, **options)

    monkeypatch.setattr(table_module, "parse_column", counted)
    return counts


@pytest.mark.parametrize("step", PASSES, ids=lambda step: step.__name__)
def test_pass_says_what_it_looks_for_and_gives_an_example(step):
    assert re.search(r"\b(Looks|Parse|Calls|Each)\b", step.__doc__)
    assert "Example:" in step.__doc__


def test_column_is_parsed_once_for_a_field_and_multiple(parses):
    book = Workbook((make_grid(HEADINGS, *[ROW] * 5),), ())

    parse_workbook(book, SPEC, ledger_context())

    assert parses
    assert set(parses.values()) == {1}


def test_parsed_column_of_a_sample_is_cut_from_the_whole_one(parses):
    rows = [["示例甲", "1"]] * (TUNING.sample_rows + 50)
    table = make_table(["捐赠人", "金额（元）"], *rows)
    field = table.field("value")

    whole = table.parsed("B", field)
    sample = table.parsed("B", field, rows=TUNING.sample_rows)

    assert (whole.values.len(), sample.values.len()) == (350, 300)
    assert sum(parses.values()) == 1


def test_parsed_columns_are_let_go_after_the_passes(parses):
    table = make_table(["捐赠人", "金额（元）"], ["示例甲", "1"])

    run_passes(table)
    run_passes(table)

    assert set(parses.values()) == {2}


def test_pass_without_anything_to_do_returns_the_same_table():
    table = make_table(["捐赠人", "金额（元）"], ["示例甲", "1"])

    unchanged = [step for step in PASSES[:9] if step(table) is table]

    assert unchanged == list(PASSES[:9])


def test_split_amounts_become_one_amount_with_the_channel_of_its_part():
    rows = [["示例甲", "100", "", ""], ["示例乙", "", "50", ""], ["示例丙", "1", "2", ""]]
    table = run_passes(make_table(["捐赠人", "现金", "微信", "日期"], *rows, spec=SPEC))

    assert table.frame["value"].to_list() == [Decimal(100), Decimal(50), Decimal(3)]
    assert table.frame["channel"].to_list() == ["BANK", "WECHAT", None]
    assert table.layout.unknown == ()
