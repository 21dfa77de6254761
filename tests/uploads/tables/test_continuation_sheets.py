"""Lists that continue on further worksheets without a heading."""

import io

import pytest
import xlsxwriter

from tests.uploads.support.ledger_spec import finding_codes, parse_ledger

HEADING = ["序号", "捐赠人", "金额（元）", "到账日期"]


def gift_rows(first, count, *, day="2020-02-08"):
    return [[number, f"示例{number}", 10 + number, day] for number in range(first, first + count)]


def make_workbook(*worksheets):
    buffer = io.BytesIO()
    made = xlsxwriter.Workbook(buffer, {"in_memory": True})
    for rows in worksheets:
        sheet = made.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    made.close()
    return buffer.getvalue()


def sum_values(reading):
    return int(reading.frame["value"].sum())


def test_worksheet_continuing_the_numbering_is_a_continuation(tmp_path):
    pages = [HEADING, *gift_rows(1, 3)], gift_rows(4, 2), [*gift_rows(6, 2), ["合计", "", 98]]

    result = parse_ledger(make_workbook(*pages), tmp_path)

    assert result.frame.height == 7
    assert sum_values(result) == 98
    assert finding_codes(result).count("sheet.continued") == 2
    assert "total.differs" not in finding_codes(result)


def test_worksheet_with_dates_and_amounts_is_a_continuation_without_numbering(tmp_path):
    heading = ["捐赠人", "金额（元）", "到账日期", "数量"]
    first, second = (
        [[name, amount, day, 1] for _, name, amount, day in gift_rows(at, 3)] for at in (1, 4)
    )

    result = parse_ledger(make_workbook([heading, *first], second), tmp_path)

    assert result.frame.height == 6


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
    result = parse_ledger(make_workbook([HEADING, *gift_rows(1, 3)], other), tmp_path)

    assert (result.frame.height, sum_values(result)) == (3, 36)
    assert "sheet.skipped" in finding_codes(result)


def test_worksheet_before_any_header_is_not_read(tmp_path):
    result = parse_ledger(make_workbook(gift_rows(1, 3), [HEADING, *gift_rows(4, 2)]), tmp_path)

    assert sum_values(result) == 29
    assert "sheet.skipped" in finding_codes(result)
