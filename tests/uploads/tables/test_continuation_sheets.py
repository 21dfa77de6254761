"""A list that goes on over several worksheets under one heading."""

import io

import pytest
import xlsxwriter

from tests.uploads.support.ledger_spec import finding_codes, parse_ledger

HEADING = ["序号", "捐赠人", "金额（元）", "到账日期"]


def gifts(first, count, *, day="2020-02-08"):
    return [[number, f"示例{number}", 10 + number, day] for number in range(first, first + count)]


def book(*worksheets):
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for rows in worksheets:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    made.close()
    return buffer.getvalue()


def sum_of(reading):
    return int(reading.frame["value"].sum())


def test_worksheet_continuing_the_numbering_is_a_continuation(tmp_path):
    pages = [HEADING, *gifts(1, 3)], gifts(4, 2), [*gifts(6, 2), ["合计", "", 98]]

    found = parse_ledger(book(*pages), tmp_path)

    assert found.frame.height == 7
    assert sum_of(found) == 98
    assert finding_codes(found).count("sheet.continued") == 2
    assert "total.differs" not in finding_codes(found)


def test_worksheet_with_dates_and_amounts_is_a_continuation_without_numbering(tmp_path):
    heading = ["捐赠人", "金额（元）", "到账日期", "数量"]
    first, second = (
        [[name, amount, day, 1] for _, name, amount, day in gifts(at, 3)] for at in (1, 4)
    )

    found = parse_ledger(book([heading, *first], second), tmp_path)

    assert found.frame.height == 6


@pytest.mark.parametrize(
    "other",
    [
        [["银行", 33], ["微信", 3]],  # a sum for each channel is no gift
        [[1, "银行", 33], [2, "微信", 3]],  # numbered anew
        [[4, "示例4", "壹拾元", "2020-02-08"]],  # amounts that cannot be read
        [[4, "示例4", 14, "2020-02-08", "大理"]],  # a column more
        [[4, "", 14, "2020-02-08"]],  # without a giver
        [["说明"], ["本表只列银行渠道"]],
    ],
)
def test_worksheet_not_fitting_the_header_is_not_a_continuation(other, tmp_path):
    found = parse_ledger(book([HEADING, *gifts(1, 3)], other), tmp_path)

    assert (found.frame.height, sum_of(found)) == (3, 36)
    assert "sheet.skipped" in finding_codes(found)


def test_worksheet_before_any_header_is_not_read(tmp_path):
    found = parse_ledger(book(gifts(1, 3), [HEADING, *gifts(4, 2)]), tmp_path)

    assert sum_of(found) == 29
    assert "sheet.skipped" in finding_codes(found)
