"""Dirty workbooks of the forms, with the true values beside each; everybody is invented."""

import csv
import dataclasses
import datetime as dt
import io
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import xlsxwriter
import xlwt

from tests.uploads.support.form_columns import TRUE_BRANCHES, Cell, Column, Form, write_amount


@dataclasses.dataclass
class FuzzedWorkbook:
    name: str
    content: bytes
    form: Form
    truth: list[dict[str, Any]]
    dirt: list[str]
    period: str


TITLES_TOTAL = ["合计", "总计", "合 计", "小计", "共计", "合计：", "总  计"]


def _heading_dirt(rng: random.Random, word: str) -> str:
    if len(word) == 2 and rng.random() < 0.4:
        return f"{word[0]}{rng.choice([' ', '  ', '　', chr(10)])}{word[1]}"
    return rng.choice(
        [
            word,
            word,
            word,
            word + " ",
            "\u200b" + word,
            word.replace("（", "(").replace("）", ")"),
            word.replace("(", "（").replace(")", "）"),
        ]
    )


def generate_workbook(  # noqa: C901  a workbook from top to bottom, one dirt after the other
    form: Form, seed: int, kind: str | None = None
) -> FuzzedWorkbook:
    """Make one dirty workbook of a form."""
    rng = random.Random(form.number * 1000 + seed)  # noqa: S311
    dirt: list[str] = []
    kind = (
        kind
        or [
            "xlsx",
            "xls",
            "csv-gb18030",
            "xlsx",
            "html",
            "csv-bom",
            "xlsx",
            "utf-16",
            "tsv",
            "xlsx",
        ][(seed + form.number) % 10]
    )
    dirt.append(kind)

    def maybe(name: str, p: float) -> bool:
        if rng.random() < p:
            dirt.append(name)
            return True
        return False

    flat = kind not in ("xlsx", "xls")
    unit = 1
    has_money = any(c.money for c in form.columns)
    how = ""
    if has_money and form.number in (1, 2, 4, 6, 7) and maybe("万元", 0.5):
        unit = 10000
        how = rng.choice(["heading", "cell", "alone"])
    columns = list(form.columns)
    if maybe("order", 0.5):
        rng.shuffle(columns)
        groups: dict[str, list[Column]] = {}
        for c in columns:
            groups.setdefault(
                c.headings[0][0] if len(c.headings[0]) > 1 else str(id(c)), []
            ).append(c)
        columns = [c for g in groups.values() for c in g]
    paths = [rng.choice(list(c.headings)) for c in columns]
    depth = max(len(p) for p in paths)
    blanks_before = 1 if maybe("column-a-empty", 0.2) else 0

    def make_rows(n: int, start: int) -> list[dict[str, Any]]:
        rows = []
        branches = rng.sample(TRUE_BRANCHES, min(n, len(TRUE_BRANCHES)))
        n = min(n, len(branches)) if form.per_branch else n
        held: dict[str, Any] = {}
        for i in range(n):
            row: dict[str, Any] = {}
            for c in columns:
                key = c.field or f"?{id(c)}"
                if c.label and key in held and rng.random() < 0.6:
                    row[key] = held[key]
                else:
                    row[key] = c.make(rng, start + i)
                    if c.label:
                        held[key] = row[key]
                if c.empty and rng.random() < c.empty:
                    row[key] = None
            if form.per_branch and "branch" in row:
                row["branch"] = branches[i]
            for key in list(row):
                if unit != 1 and isinstance(row[key], Decimal):
                    row[key] = max(row[key].quantize(Decimal(1)), Decimal(1))
            form.finish(rng, row)
            rows.append(row)
        return rows

    grid: list[list[Cell]] = []
    merges: list[tuple[int, int, int, int]] = []
    truth: list[dict[str, Any]] = []
    positions: list[int] = []

    def put(cells: Sequence[Cell]) -> int:
        grid.append([None] * blanks_before + list(cells) + [None] * (len(columns) - len(cells)))
        return len(grid) - 1

    def heading() -> None:  # noqa: C901
        levels = [
            [_heading_dirt(rng, p[k]) if k < len(p) else None for p in paths] for k in range(depth)
        ]
        if unit != 1 and how != "heading":
            for level in levels:
                for at, word in enumerate(level):
                    if word and columns[at].money:
                        level[at] = (
                            word.replace("（元）", "")
                            .replace("(元)", "")
                            .replace("（单位：元）", "")
                            .replace("(单位：元)", "")
                        )
        if unit != 1 and how == "heading":
            for at, c in enumerate(columns):
                if c.money:
                    k = len(paths[at]) - 1
                    base = paths[at][k].split("（")[0].split("(")[0]
                    levels[k][at] = base + rng.choice(["（万元）", "(万元)", "（单位：万元）"])
        top = len(grid)
        for level in levels:
            put(level)
        if depth > 1:
            at = 0
            while at < len(columns):
                p = paths[at]
                if len(p) == 1:
                    merges.append((top, at + blanks_before, top + depth - 1, at + blanks_before))
                    at += 1
                    continue
                end = at
                while (
                    end + 1 < len(columns) and len(paths[end + 1]) > 1 and paths[end + 1][0] == p[0]
                ):
                    end += 1
                for k in range(at + 1, end + 1):
                    grid[top][k + blanks_before] = None
                if end > at:
                    merges.append((top, at + blanks_before, top, end + blanks_before))
                at = end + 1

    def table(rows: list[dict[str, Any]], *, total: bool) -> None:  # noqa: C901
        heading()
        again = len(rows) // 2 if maybe("heading-again", 0.15) else -1
        previous: dict[str, Any] = {}
        merge_labels = not flat and maybe("merged-down", 0.4)
        spans: dict[int, int] = {}
        for i, row in enumerate(rows):
            if i == again:
                heading()
                previous, spans = {}, {}
            if maybe("blank-row", 0.04):
                put([])
                previous, spans = {}, {}
            cells: list[Cell] = []
            for c in columns:
                key = c.field or f"?{id(c)}"
                value = row[key]
                if value is None or value == "":
                    cells.append(rng.choice([None, None, "", "\u200b"]) if c.field else None)
                    continue
                if merge_labels and c.label and previous.get(key) == value:
                    cells.append(None)
                    continue
                if c.money:
                    cells.append(write_amount(rng, value, unit))
                else:
                    cells.append(c.write(rng, value))
            position = put(cells)
            for at, c in enumerate(columns):
                key = c.field or f"?{id(c)}"
                if merge_labels and c.label:
                    if previous.get(key) == row[key] and row[key] not in (None, ""):
                        spans.setdefault(at, position - 1)
                    if at in spans and (previous.get(key) != row[key]):
                        del spans[at]
                    if at in spans:
                        first = spans[at]
                        merges[:] = [
                            m for m in merges if not (m[0] == first and m[1] == at + blanks_before)
                        ]
                        merges.append((first, at + blanks_before, position, at + blanks_before))
            previous = dict(row)
            truth.append({c.field: row[c.field] for c in columns if c.field})
            positions.append(position)
        if total:
            cells = [None] * len(columns)
            for at, c in enumerate(columns):
                key = c.field or f"?{id(c)}"
                if c.total:
                    summed = sum(
                        (r[key] for r in rows if isinstance(r[key], (int, Decimal))), Decimal(0)
                    )
                    cells[at] = float(summed / (unit if c.money else 1))
            label_at = next((at for at, c in enumerate(columns) if not c.total), 0)
            cells[label_at] = rng.choice(TITLES_TOTAL)
            put(cells)

    n = rng.randint(*form.rows)
    rows = make_rows(n, 0)
    if maybe("title", 0.8):
        at = put([form.title])
        if not flat and len(columns) > 1:
            merges.append((at, blanks_before, at, blanks_before + len(columns) - 1))
    if maybe("frame-row", 0.5) or (unit != 1 and how == "cell"):
        cells = ["填报单位（盖章）：昆明市红十字会"] + [None] * (len(columns) - 1)
        if len(columns) > 3:
            cells[len(columns) // 2] = "统计时间：2021年第三季度"
        if has_money:
            cells[-1] = (
                rng.choice(["单位：万元", "单位： 万元", "（单位:万元）", "金额单位：万元"])
                if unit != 1 and how != "heading"
                else ("单位：元" if unit == 1 else None)
            )
        put(cells)
    elif unit != 1 and how == "alone":
        put([None] * (len(columns) - 1) + ["单位：万元"])
    if maybe("blank-top", 0.2):
        put([])
    two = not form.per_branch and maybe("two-tables", 0.25)
    total = maybe("total", 0.6)
    if two:
        half = max(1, len(rows) // 2)
        table(rows[:half], total=total)
        put([])
        put(["第2期"])
        table(rows[half:], total=total)
    else:
        table(rows, total=total)
    if maybe("signatures", 0.6):
        if maybe("blank-before-signatures", 0.5):
            put([])
        put(
            rng.choice(
                [
                    ["单位负责人：", None, "审核人：", "填表人：王示例"][
                        : max(2, min(4, len(columns)))
                    ],
                    ["审核：赵示例    填表：钱示例    日期：2021年10月8日"],
                    ["制表人：孙示例"],
                ]
            )
        )
        if maybe("date-row", 0.4):
            put(["填报日期：2021年10月8日"])
    if maybe("note", 0.5):
        put(
            [
                rng.choice(
                    [
                        "注：1.本表由各县（市、区）填报。2.金额保留两位小数。",
                        "备注：数据截至2021年9月30日24时。",
                        "说明：如有出入，以财务为准。",
                    ]
                )
            ]
        )
    name, content = _write(rng, form, grid, merges, kind, dirt)
    return FuzzedWorkbook(name, content, form, truth, dirt, form.period)


def _plain(value: Cell) -> str:
    match value:
        case None:
            return ""
        case dt.datetime():
            return value.strftime("%Y/%m/%d %H:%M")
        case dt.date():
            return f"{value.year}/{value.month}/{value.day}"
        case float() if value.is_integer() and abs(value) < 1e15:
            return str(int(value))
        case _:
            return str(value)


def _write(  # noqa: C901  one branch a format
    rng: random.Random,
    form: Form,
    grid: list[list[Cell]],
    merges: list[tuple[int, int, int, int]],
    kind: str,
    dirt: list[str],
) -> tuple[str, bytes]:
    if kind == "xlsx":
        buffer = io.BytesIO()
        old = rng.random() < 0.2
        if old:
            dirt.append("1904")
        book = xlsxwriter.Workbook(
            buffer, {"in_memory": True, "date_1904": old, "strings_to_numbers": False}
        )
        if rng.random() < 0.25:
            dirt.append("hidden-sheet")
            hidden = book.add_worksheet("旧表")
            hidden.write_row(0, 0, [c.headings[0][-1] for c in form.columns])
            hidden.write_row(1, 0, ["作废" for c in form.columns])
            sheet = book.add_worksheet("Sheet1")
            sheet.activate()
            sheet.set_first_sheet()
            hidden.hide()
        else:
            sheet = book.add_worksheet("Sheet1")
        if rng.random() < 0.5:
            dirt.append("empty-sheets")
            book.add_worksheet("Sheet2")
            book.add_worksheet("Sheet3")
        date_format = book.add_format(
            {
                "num_format": rng.choice(
                    [
                        "yyyy-mm-dd",
                        'yyyy"年"m"月"d"日"',
                        "yyyy/m/d;@",
                        "[$-804]yyyy年m月d日",
                        "m/d/yyyy",
                    ]
                )
            }
        )
        for y, row in enumerate(grid):
            for x, value in enumerate(row):
                if value is None:
                    continue
                if isinstance(value, dt.date):
                    sheet.write_datetime(y, x, value, date_format)
                elif isinstance(value, str):
                    sheet.write_string(y, x, value)
                else:
                    sheet.write_number(y, x, value)
        for top, left, bottom, right in merges:
            value = grid[top][left]
            if isinstance(value, dt.date):
                sheet.merge_range(top, left, bottom, right, "")
                sheet.write_datetime(top, left, value, date_format)
            elif isinstance(value, str):
                sheet.merge_range(top, left, bottom, right, "")
                sheet.write_string(top, left, value)
            else:
                sheet.merge_range(top, left, bottom, right, value if value is not None else "")
        book.close()
        return f"{form.title[:10]}.xlsx", buffer.getvalue()
    if kind == "xls":
        book = xlwt.Workbook()
        sheet = book.add_sheet("Sheet1")
        style = xlwt.easyxf(num_format_str="yyyy-mm-dd")
        for y, row in enumerate(grid):
            for x, value in enumerate(row):
                if value is not None:
                    sheet.write(y, x, value, style) if isinstance(value, dt.date) else sheet.write(
                        y, x, value
                    )
        for top, left, bottom, right in merges:
            sheet.merge(top, bottom, left, right)
        book.add_sheet("Sheet2")
        buffer = io.BytesIO()
        book.save(buffer)
        return f"{form.title[:10]}.xls", buffer.getvalue()
    lines = [[_plain(v) for v in row] for row in grid]
    if kind == "html":
        covered: dict[tuple[int, int], tuple[int, int]] = {
            (t, le): (b - t + 1, r - le + 1) for t, le, b, r in merges
        }
        hidden_cells = {
            (y, x) for t, le, b, r in merges for y in range(t, b + 1) for x in range(le, r + 1)
        } - set(covered)
        out = [
            '<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head><meta charset="utf-8"></head><body><table border=1>'
        ]
        for y, row in enumerate(lines):
            out.append("<tr>")
            for x, value in enumerate(row):
                if (y, x) in hidden_cells:
                    continue
                span = covered.get((y, x))
                spans = f' rowspan="{span[0]}" colspan="{span[1]}"' if span else ""
                escaped = value.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>")
                out.append(f"<td{spans}>{escaped}</td>")
            out.append("</tr>")
        out.append("</table></body></html>")
        return f"{form.title[:10]}.xls", "\n".join(out).encode("utf-8")
    buffer_text = io.StringIO()
    delimiter = "\t" if kind in ("tsv", "utf-16") else ","
    if delimiter == "\t":
        lines = [[v.replace("\t", " ") for v in row] for row in lines]
    csv.writer(buffer_text, delimiter=delimiter, lineterminator="\r\n").writerows(lines)
    text_ = buffer_text.getvalue()
    match kind:
        case "csv-gb18030":
            return f"{form.title[:10]}.csv", text_.encode("gb18030")
        case "csv-bom":
            return f"{form.title[:10]}.csv", text_.encode("utf-8-sig")
        case "utf-16":
            return f"{form.title[:10]}.xls", text_.encode("utf-16")
        case _:
            return f"{form.title[:10]}.tsv", text_.encode("utf-8")
