"""Invented ledgers of gifts to measure with."""

import csv
import datetime as dt
import io
import random
from collections.abc import Iterator
from typing import Any

import xlsxwriter

HEADINGS = (
    "序号", "捐赠人", "捐赠人类型", "联系电话", "金额（元）", "到账日期", "渠道", "是否定向",
    "定向用途", "基金", "票据代码", "票据号码", "备注",
)  # fmt: skip
FUNDS = ("滇苗助学", "博爱云南行", "博爱健康行", "非定向捐赠")
MIN_CSV_ROWS = 500_000
"""From so many rows on the ledger is a csv, which a spreadsheet program no longer opens whole."""


def build_ledger(rows: int, *, changed: int = 0, wrong: int = 0, prefix: str = "T") -> bytes:
    """Return a ledger of 13 columns; every `changed`-th and every `wrong`-th gift differs."""
    if rows >= MIN_CSV_ROWS:
        return _build_csv(rows, changed=changed, wrong=wrong, prefix=prefix)
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"constant_memory": True})
    sheet = book.add_worksheet("捐赠明细")
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.write_row(0, 0, HEADINGS)
    for number, cells in _invent_gifts(rows, changed=changed, wrong=wrong, prefix=prefix):
        sheet.write_row(number, 0, cells[:5])
        sheet.write_datetime(number, 5, cells[5], day)
        sheet.write_row(number, 6, cells[6:])
    book.close()
    return buffer.getvalue()


def _build_csv(rows: int, *, changed: int, wrong: int, prefix: str) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(HEADINGS)
    for _, cells in _invent_gifts(rows, changed=changed, wrong=wrong, prefix=prefix):
        writer.writerow([*cells[:5], cells[5].date(), *cells[6:]])
    return text.getvalue().encode()


def _invent_gifts(
    rows: int, *, changed: int, wrong: int, prefix: str
) -> Iterator[tuple[int, list[Any]]]:
    """Yield the number and the cells of each gift."""
    rng = random.Random(rows)  # noqa: S311  invented data
    start = dt.datetime(2021, 1, 1)  # noqa: DTZ001  a workbook knows no zone
    for number in range(1, rows + 1):
        value: object = rng.randrange(100, 10**6) / 100
        if changed and number % changed == 0:
            value = 7
        if wrong and number % wrong == 0:
            value = "六万"
        yield (
            number,
            [
                *(number, f"示例{number}", "个人", f"138{number % 10**8:08d}", value),
                start + dt.timedelta(days=rng.randrange(365)),
                *("微信", rng.choice("是否"), "助学", rng.choice(FUNDS)),
                *("5301021", f"{prefix}{rows}-{number}", "示例"),
            ],
        )
