"""Generators of invented workbooks: people, amounts with exact totals, office tables."""

import datetime as dt
import io
import itertools
import random
from collections.abc import Iterable, Sequence

import xlsxwriter

from redcross.branches.choices import Level
from redcross.branches.models import Branch

STEP = 100
LATE_PREFECTURES = ("5325", "5333", "5334")
"""Codes of the prefectures that have not submitted January 2022 yet."""
_SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦许何吕施张孔曹严华金魏陶姜"
_GIVEN_NAMES = "示例一二三四五六七八九十甲乙丙丁"
_CHECK_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CREATED_AT = dt.datetime(2022, 2, 1, 9, 0)


def split_amount(total: int, parts: int, rng: random.Random, step: int = STEP) -> list[int]:
    """Split an amount into `parts` positive multiples of a step with exactly this total."""
    units = total // step
    cuts = sorted(rng.sample(range(1, units), parts - 1)) if parts > 1 else []
    bounds = [0, *cuts, units]
    return [(high - low) * step for low, high in itertools.pairwise(bounds)]


def allocate_by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Split an amount by weights into hundreds; the first part takes the remainder."""
    whole = sum(weights)
    parts = [total * weight // whole // STEP * STEP for weight in weights]
    parts[0] += total - sum(parts)
    return parts


def list_prefectures() -> list[Branch]:
    """Return the sixteen prefectures in official order."""
    return list(Branch.objects.at(Level.PREFECTURE).in_official_order())


def population(branch: Branch) -> int:
    """Return the population of a branch in the last census, 1 if there is none."""
    counted = branch.populations.first()
    return counted.people if counted else 1


def plain_table(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a plain workbook: a title, one heading row, the rows."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": CREATED_AT})
    sheet = book.add_worksheet()
    day = book.add_format({"num_format": "yyyy-mm-dd"})
    sheet.merge_range(0, 0, 0, len(headings) - 1, title)
    sheet.write_row(1, 0, headings)
    for at, row in enumerate(rows, start=2):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                sheet.write_datetime(
                    at, column, dt.datetime(value.year, value.month, value.day), day
                )
            elif value is not None:
                sheet.write(at, column, value)
    sheet.set_column(0, len(headings) - 1, 16)
    book.close()
    return buffer.getvalue()


def person_name(rng: random.Random) -> str:
    """Return an invented name."""
    return rng.choice(_SURNAMES) + "".join(rng.sample(_GIVEN_NAMES, 2))


def id_number(
    number: int, *, male: bool, first: dt.date = dt.date(1960, 1, 1), region: str = "530000"
) -> str:
    """Return a number valid by GB 11643, of a region in which nobody is registered.

    Another `number` (up to 7,000,000) gives another document, born on a day after `first`.
    """
    born = first + dt.timedelta(days=number % 14_000)
    order = number // 14_000 % 500 * 2 + (1 if male else 0)
    body = f"{region}{born:%Y%m%d}{order:03d}"
    rest = sum(int(digit) * weight for digit, weight in zip(body, _CHECK_WEIGHTS, strict=True)) % 11
    return body + "10X98765432"[rest]


def mobile_number(rng: random.Random) -> str:
    """Return a mobile number of a range reserved for examples."""
    return f"1380000{rng.randrange(10_000):04d}"


def office_table(
    title: str,
    headings: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    society: str = "",
    unit: str = "",
    total: Sequence[str] = (),
    style: int = 0,
) -> bytes:
    """Return a table as offices write it: title, 填报单位, merged headings, 合计, signatures.

    A heading 父／子 is written below its merged parent; neighbours with the same parent share
    it. `total` names the headings whose sums are printed below. `style` selects the form of
    days: dates, 2021.08.08, 2021年8月8日, or these alternately.
    """
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    book.set_properties({"created": CREATED_AT})
    sheet = book.add_worksheet()
    formats = {
        "title": book.add_format({"bold": True, "align": "center", "font_size": 16}),
        "head": book.add_format(
            {"bold": True, "border": 1, "align": "center", "valign": "vcenter", "text_wrap": True}
        ),
        "day": book.add_format({"num_format": "yyyy-mm-dd"}),
    }
    last = len(headings) - 1
    sheet.merge_range(0, 0, 0, last, title, formats["title"])
    sheet.write(1, 0, f"填报单位（盖章）：{society}")
    sheet.write(1, last, f"单位：{unit}" if unit else "")
    body = _write_headings(sheet, headings, formats["head"])
    sums = dict.fromkeys(total, 0)
    at = body
    for at, row in enumerate(rows, start=body):
        for column, value in enumerate(row):
            if isinstance(value, dt.date):
                _write_day(sheet, at, column, value, formats["day"], style)
            elif value is not None and value != "":
                sheet.write(at, column, value)
            if headings[column] in sums and isinstance(value, int):
                sums[headings[column]] += value
    foot = at + 1
    if total:
        sheet.write(foot, 0, "合计")
        for heading, value in sums.items():
            sheet.write(foot, headings.index(heading), value)
        foot += 1
    sheet.write(foot, 0, "单位负责人：段示例")
    sheet.write(foot, last // 2, "审核人：木示例")
    sheet.write(foot, last, "填表人：和示例")
    sheet.set_column(0, last, 13)
    book.close()
    return buffer.getvalue()


def _write_headings(
    sheet: xlsxwriter.worksheet.Worksheet,
    headings: Sequence[str],
    form: xlsxwriter.format.Format,
) -> int:
    """Write one row of headings, or two if any has a parent; return the row after them."""
    if not any("／" in heading for heading in headings):
        sheet.write_row(2, 0, headings, form)
        return 3
    column = 0
    for parent, group in itertools.groupby(
        headings, key=lambda heading: heading.partition("／")[0]
    ):
        names = list(group)
        children = [name.partition("／")[2] for name in names]
        if children == [""]:
            sheet.merge_range(2, column, 3, column, parent, form)
        else:
            if len(names) > 1:
                sheet.merge_range(2, column, 2, column + len(names) - 1, parent, form)
            else:
                sheet.write(2, column, parent, form)
            sheet.write_row(3, column, children, form)
        column += len(names)
    return 4


def _write_day(
    sheet: xlsxwriter.worksheet.Worksheet,
    at: int,
    column: int,
    day: dt.date,
    form: xlsxwriter.format.Format,
    style: int,
) -> None:
    match style if style < 3 else (style + at) % 3:
        case 0:
            sheet.write_datetime(at, column, dt.datetime(day.year, day.month, day.day), form)
        case 1:
            sheet.write_string(at, column, f"{day.year}.{day.month:02d}.{day.day:02d}")
        case _:
            sheet.write_string(at, column, f"{day.year}年{day.month}月{day.day}日")
