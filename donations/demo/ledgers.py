"""Ledgers as four offices keep them."""

import datetime as dt
import io

import xlsxwriter

from redcross.branches.models import Branch
from redcross.demo.fake_data import (
    CREATED_AT,
)
from redcross.periods import Period

Row = dict[str, object]

_HEADINGS: tuple[tuple[tuple[str, str], ...], ...] = (
    (("序号", "n"), ("单位", "unit"), ("捐赠单位（个人）", "name"), ("类型", "kind"), ("联系电话", "phone"), ("捐赠金额（元）", "value"), ("到账日期", "day"), ("资金来源", "source"), ("渠道", "channel"), ("是否定向", "designated"), ("项目", "fund"), ("关联灾害事件", "event"), ("物资名称", "item"), ("计量单位", "measure"), ("数量", "quantity"), ("计价依据", "valuation"), ("票据号", "ticket")),
    (("序号", "n"), ("日期", "day"), ("县（市、区）", "unit"), ("捐赠人", "name"), ("金额（万元）", "value"), ("来源", "source"), ("捐赠方式", "channel"), ("定向", "designated"), ("基金", "fund"), ("活动", "event"), ("品名", "item"), ("计量单位", "measure"), ("数量", "quantity"), ("计价依据", "valuation"), ("票据号码", "ticket"), ("手机号", "phone")),
    (("收款单位", "unit"), ("捐赠者", "name"), ("捐赠人类型", "kind"), ("电话", "phone"), ("捐赠日期", "day"), ("款物来源", "source"), ("捐赠金额", "value"), ("是否定向捐赠", "designated"), ("所属基金", "fund"), ("灾害事件", "event"), ("入库物资", "item"), ("计量单位", "measure"), ("数量总计", "quantity"), ("计价依据", "valuation"), ("收款渠道", "channel"), ("票据编号", "ticket")),
    (("序号", "n"), ("所属单位", "unit"), ("姓 名", "name"), ("类别", "kind"), ("捐款时间", "day"), ("折价金额（元）", "value"), ("资金来源", "source"), ("支付方式", "channel"), ("是否定向", "designated"), ("基金名称", "fund"), ("募捐活动", "event"), ("捐赠物资", "item"), ("计量单位", "measure"), ("物资数量", "quantity"), ("计价依据", "valuation"), ("联系方式", "phone"), ("收据号", "ticket")),
)  # fmt: skip


def write_workbook(branch: Branch, month: Period, rows: list[Row], style: int) -> bytes:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": CREATED_AT})
    sheet = book.add_worksheet("捐赠明细")
    title = book.add_format({"bold": True, "align": "center", "font_size": 16})
    head = book.add_format({"bold": True, "border": 1, "align": "center", "text_wrap": True})
    headings = _HEADINGS[style]
    last = len(headings) - 1
    sheet.merge_range(0, 0, 0, last, f"{branch.society}捐赠款物明细表（{month.label}）", title)
    sheet.write(1, 0, f"填报单位（盖章）：{branch.society}")
    sheet.write(1, last, "单位：万元" if style == 1 else "单位：元")
    for column, (heading, _) in enumerate(headings):
        sheet.write(2, column, heading, head)
    for index, row in enumerate(rows):
        for column, (_, name) in enumerate(headings):
            _write_cell(book, sheet, 3 + index, column, name, {**row, "n": index + 1}, style)
    foot = 3 + len(rows)
    sheet.write(foot, 1, "合计")
    values = [row["value"] for row in rows if row["value"] is not None]
    total = sum(int(str(value)) for value in values)
    column = next(index for index, (_, name) in enumerate(headings) if name == "value")
    sheet.write_number(foot, column, total / 10_000 if style == 1 else total)
    sheet.write(foot + 1, 0, "单位负责人：段示例")
    sheet.write(foot + 1, 4, "审核人：木示例")
    sheet.write(foot + 1, 8, "填表人：和示例")
    sheet.set_column(0, last, 13)
    sheet.freeze_panes(3, 0)
    book.close()
    return buffer.getvalue()


def _write_cell(
    book: xlsxwriter.Workbook,
    sheet: object,
    row_index: int,
    column: int,
    name: str,
    row: Row,
    style: int,
) -> None:
    value = row[name]
    if value is None or value == "":
        return
    if name == "day":
        _write_date(book, sheet, row_index, column, value, style)
    elif name == "value":
        number = int(str(value))
        written = number / 10_000 if style == 1 else number
        if style == 3 and number % 7 == 0:
            sheet.write_string(row_index, column, f"{number:,}.00")  # type: ignore[attr-defined]
        else:
            sheet.write_number(row_index, column, written)  # type: ignore[attr-defined]
    elif isinstance(value, int):
        sheet.write_number(row_index, column, value)  # type: ignore[attr-defined]
    else:
        text = f"{value}\t" if style == 2 and name == "name" else str(value)
        sheet.write_string(row_index, column, text)  # type: ignore[attr-defined]


def _write_date(
    book: xlsxwriter.Workbook, sheet: object, row_index: int, column: int, day: object, style: int
) -> None:
    assert isinstance(day, dt.date)  # noqa: S101
    if (style + row_index) % 3 == 0:
        form = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_datetime(row_index, column, dt.datetime(day.year, day.month, day.day), form)  # type: ignore[attr-defined]
    elif (style + row_index) % 3 == 1:
        sheet.write_string(row_index, column, f"{day.year}.{day.month:02d}.{day.day:02d}")  # type: ignore[attr-defined]
    else:
        sheet.write_string(row_index, column, f"{day.year}年{day.month}月{day.day}日")  # type: ignore[attr-defined]
