"""Random workbooks of the forms, written as carelessly as staff do, with the true values beside each.

Everybody in them is invented. The same form and seed always give the same workbook.
"""

import dataclasses
import random
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tests.uploads.support.form_columns import TRUE_BRANCHES, Cell, Column, Form, write_amount
from tests.uploads.support.workbook_formats import Merge, write_workbook

KINDS = (
    "xlsx", "xls", "csv-gb18030", "xlsx", "html", "csv-bom", "xlsx", "utf-16", "tsv", "xlsx",
)  # fmt: skip
TOTAL_LABELS = ["合计", "总计", "合 计", "小计", "共计", "合计：", "总  计"]
FORMS_OF_MONEY = {1, 2, 4, 6, 7}
UNITS_OF_YUAN = ("（元）", "(元)", "（单位：元）", "(单位：元)")
UNITS_OF_TEN_THOUSANDS = ["（万元）", "(万元)", "（单位：万元）"]


@dataclasses.dataclass
class FuzzedWorkbook:
    """A workbook as bytes, the rows it means, and the names of the irregularities in it."""

    name: str
    content: bytes
    form: Form
    truth: list[dict[str, Any]]
    dirt: list[str]
    period: str


def generate_workbook(form: Form, seed: int, kind: str | None = None) -> FuzzedWorkbook:
    """Make one irregular workbook of a form, in a format of KINDS."""
    rng = random.Random(form.number * 1000 + seed)  # noqa: S311
    page = _Page(form, rng, kind or KINDS[(seed + form.number) % len(KINDS)])
    page.write()
    name, content = write_workbook(rng, form, page.grid, page.merges, page.kind, page.dirt)
    return FuzzedWorkbook(name, content, form, page.truth, page.dirt, form.period)


class _Page:
    """One worksheet as it is written from top to bottom.

    Each choice takes the next number of `rng`, so that the order of the steps belongs to what
    a seed means.
    """

    def __init__(self, form: Form, rng: random.Random, kind: str) -> None:
        self.form, self.rng, self.kind = form, rng, kind
        self.dirt = [kind]
        self.grid: list[list[Cell]] = []
        self.merges: list[Merge] = []
        self.truth: list[dict[str, Any]] = []
        self.has_merges = kind in {"xlsx", "xls"}
        self.has_money = any(column.money for column in form.columns)
        self.unit, self.unit_place = self._choose_unit()
        self.columns = self._choose_order()
        self.paths = [rng.choice(list(column.headings)) for column in self.columns]
        self.depth = max(len(path) for path in self.paths)
        self.left = 1 if self.happens("column-a-empty", 0.2) else 0

    def happens(self, name: str, probability: float) -> bool:
        """Decide on one irregularity, and note it where it is there."""
        if self.rng.random() < probability:
            self.dirt.append(name)
            return True
        return False

    def write(self) -> None:
        """Write the whole page."""
        rows = self._make_rows(self.rng.randint(*self.form.rows))
        self._put_title()
        self._put_frame()
        if self.happens("blank-top", 0.2):
            self._put([])
        self._put_tables(rows)
        self._put_signatures()
        self._put_note()

    # What is chosen before the first cell ---------------------------------------------

    def _choose_unit(self) -> tuple[int, str]:
        """Return yuan per unit of money, and where the unit is written: heading, cell, alone."""
        if self.has_money and self.form.number in FORMS_OF_MONEY and self.happens("万元", 0.5):
            return 10000, self.rng.choice(["heading", "cell", "alone"])
        return 1, ""

    def _choose_order(self) -> list[Column]:
        """Return the columns, sometimes in another order; those under one group stay together."""
        columns = list(self.form.columns)
        if not self.happens("order", 0.5):
            return columns
        self.rng.shuffle(columns)
        groups: dict[str, list[Column]] = {}
        for column in columns:
            heading = column.headings[0]
            group = heading[0] if len(heading) > 1 else str(id(column))
            groups.setdefault(group, []).append(column)
        return [column for group in groups.values() for column in group]

    # True rows ------------------------------------------------------------------------

    def _make_rows(self, count: int) -> list[dict[str, Any]]:
        """Return true rows by key of their columns."""
        branches = self.rng.sample(TRUE_BRANCHES, min(count, len(TRUE_BRANCHES)))
        if self.form.per_branch:
            count = min(count, len(branches))
        labels: dict[str, Any] = {}
        rows = []
        for number in range(count):
            row = self._make_row(number, labels)
            if self.form.per_branch and "branch" in row:
                row["branch"] = branches[number]
            if self.unit != 1:
                _round_money(row)
            self.form.finish(self.rng, row)
            rows.append(row)
        return rows

    def _make_row(self, number: int, labels: dict[str, Any]) -> dict[str, Any]:
        """Return a row; a label often stays that of the row before."""
        row: dict[str, Any] = {}
        for column in self.columns:
            key = _key(column)
            if column.label and key in labels and self.rng.random() < 0.6:
                row[key] = labels[key]
            else:
                row[key] = column.make(self.rng, number)
                if column.label:
                    labels[key] = row[key]
            if column.empty and self.rng.random() < column.empty:
                row[key] = None
        return row

    # Around the tables ----------------------------------------------------------------

    def _put(self, cells: Sequence[Cell]) -> int:
        """Write a row of cells; return its place in the grid."""
        missing = len(self.columns) - len(cells)
        self.grid.append([None] * self.left + list(cells) + [None] * missing)
        return len(self.grid) - 1

    def _put_title(self) -> None:
        if self.happens("title", 0.8):
            top = self._put([self.form.title])
            if self.has_merges and len(self.columns) > 1:
                self.merges.append((top, self.left, top, self.left + len(self.columns) - 1))

    def _put_frame(self) -> None:
        """Write the line of who reports when, or the unit of money alone."""
        if self.happens("frame-row", 0.5) or (self.unit != 1 and self.unit_place == "cell"):
            cells: list[Cell] = ["填报单位（盖章）：昆明市红十字会"]
            cells += [None] * (len(self.columns) - 1)
            if len(self.columns) > 3:
                cells[len(self.columns) // 2] = "统计时间：2021年第三季度"
            if self.has_money:
                cells[-1] = self._frame_unit()
            self._put(cells)
        elif self.unit != 1 and self.unit_place == "alone":
            self._put([None] * (len(self.columns) - 1) + ["单位：万元"])

    def _frame_unit(self) -> str | None:
        if self.unit != 1 and self.unit_place != "heading":
            return self.rng.choice(["单位：万元", "单位： 万元", "（单位:万元）", "金额单位：万元"])
        return "单位：元" if self.unit == 1 else None

    def _put_signatures(self) -> None:
        if not self.happens("signatures", 0.6):
            return
        if self.happens("blank-before-signatures", 0.5):
            self._put([])
        width = max(2, min(4, len(self.columns)))
        self._put(
            self.rng.choice(
                [
                    ["单位负责人：", None, "审核人：", "填表人：王示例"][:width],
                    ["审核：赵示例    填表：钱示例    日期：2021年10月8日"],
                    ["制表人：孙示例"],
                ]
            )
        )
        if self.happens("date-row", 0.4):
            self._put(["填报日期：2021年10月8日"])

    def _put_note(self) -> None:
        if self.happens("note", 0.5):
            notes = [
                "注：1.本表由各县（市、区）填报。2.金额保留两位小数。",
                "备注：数据截至2021年9月30日24时。",
                "说明：如有出入，以财务为准。",
            ]
            self._put([self.rng.choice(notes)])

    # Tables ---------------------------------------------------------------------------

    def _put_tables(self, rows: list[dict[str, Any]]) -> None:
        is_split = not self.form.per_branch and self.happens("two-tables", 0.25)
        has_total = self.happens("total", 0.6)
        if not is_split:
            self._put_table(rows, has_total=has_total)
            return
        half = max(1, len(rows) // 2)
        self._put_table(rows[:half], has_total=has_total)
        self._put([])
        self._put(["第2期"])
        self._put_table(rows[half:], has_total=has_total)

    def _put_table(self, rows: list[dict[str, Any]], *, has_total: bool) -> None:
        self._put_heading()
        second_heading = len(rows) // 2 if self.happens("heading-again", 0.15) else -1
        labels = _MergedLabels(self, merges=self.has_merges and self.happens("merged-down", 0.4))
        for number, row in enumerate(rows):
            if number == second_heading:
                self._put_heading()
                labels.reset()
            if self.happens("blank-row", 0.04):
                self._put([])
                labels.reset()
            place = self._put([self._cell(column, row, labels) for column in self.columns])
            labels.extend(row, place)
            self.truth.append(
                {column.field: row[column.field] for column in self.columns if column.field}
            )
        if has_total:
            self._put_total(rows)

    def _cell(self, column: Column, row: dict[str, Any], labels: "_MergedLabels") -> Cell:
        """Return a true value as somebody writes it."""
        value = row[_key(column)]
        if value is None or value == "":
            return self.rng.choice([None, None, "", "\u200b"]) if column.field else None
        if labels.covers(column, value):
            return None
        if column.money:
            return write_amount(self.rng, value, self.unit)
        return column.write(self.rng, value)

    def _put_total(self, rows: Iterable[dict[str, Any]]) -> None:
        cells: list[Cell] = [None] * len(self.columns)
        for at, column in enumerate(self.columns):
            if column.total:
                values = [row[_key(column)] for row in rows]
                total = sum((n for n in values if isinstance(n, (int, Decimal))), Decimal(0))
                cells[at] = float(total / (self.unit if column.money else 1))
        label_at = next((at for at, column in enumerate(self.columns) if not column.total), 0)
        cells[label_at] = self.rng.choice(TOTAL_LABELS)
        self._put(cells)

    # Headings -------------------------------------------------------------------------

    def _put_heading(self) -> None:
        levels: list[list[Cell]] = [
            [
                _vary_heading(self.rng, path[level]) if level < len(path) else None
                for path in self.paths
            ]
            for level in range(self.depth)
        ]
        if self.unit != 1 and self.unit_place == "heading":
            self._name_unit(levels)
        elif self.unit != 1:
            self._drop_unit(levels)
        top = len(self.grid)
        for level in levels:
            self._put(level)
        if self.depth > 1:
            self._merge_groups(top)

    def _name_unit(self, levels: list[list[Cell]]) -> None:
        """Write 万元 into the headings of money."""
        for at, column in enumerate(self.columns):
            if column.money:
                level = len(self.paths[at]) - 1
                word = self.paths[at][level].split("（")[0].split("(")[0]
                levels[level][at] = word + self.rng.choice(UNITS_OF_TEN_THOUSANDS)

    def _drop_unit(self, levels: list[list[Cell]]) -> None:
        """Take 元 out of the headings of money: the unit stands above the table."""
        for level in levels:
            for at, column in enumerate(self.columns):
                if level[at] and column.money:
                    for unit in UNITS_OF_YUAN:
                        level[at] = level[at].replace(unit, "")

    def _merge_groups(self, top: int) -> None:
        """Merge a heading of one level down, and a group over its columns."""
        at = 0
        while at < len(self.columns):
            path, end = self.paths[at], at
            if len(path) == 1:
                bottom = top + self.depth - 1
                self.merges.append((top, at + self.left, bottom, at + self.left))
            else:
                end = self._group_end(at)
                for covered in range(at + 1, end + 1):
                    self.grid[top][covered + self.left] = None
                if end > at:
                    self.merges.append((top, at + self.left, top, end + self.left))
            at = end + 1

    def _group_end(self, at: int) -> int:
        """Return the last column of the group that begins at a column."""
        end = at
        while (
            end + 1 < len(self.columns)
            and len(self.paths[end + 1]) > 1
            and self.paths[end + 1][0] == self.paths[at][0]
        ):
            end += 1
        return end


class _MergedLabels:
    """Equal labels of successive rows, written once and merged down."""

    def __init__(self, page: _Page, *, merges: bool) -> None:
        self.page, self.merges = page, merges
        self.reset()

    def reset(self) -> None:
        """Forget the rows above: no merge crosses a heading or an empty row."""
        self.previous: dict[str, Any] = {}
        self.first_rows: dict[int, int] = {}

    def covers(self, column: Column, value: Any) -> bool:
        """Tell whether the cell above, merged down, already shows this value."""
        return self.merges and column.label and self.previous.get(_key(column)) == value

    def extend(self, row: dict[str, Any], place: int) -> None:
        """Lengthen the merges that go on through a row of the grid."""
        for at, column in enumerate(self.page.columns):
            if self.merges and column.label:
                self._extend_column(at, row[_key(column)], self.previous.get(_key(column)), place)
        self.previous = dict(row)

    def _extend_column(self, at: int, value: Any, value_above: Any, place: int) -> None:
        if value_above != value:
            self.first_rows.pop(at, None)
            return
        if value not in (None, ""):
            self.first_rows.setdefault(at, place - 1)
        if at in self.first_rows:
            first, left = self.first_rows[at], at + self.page.left
            merges = self.page.merges
            merges[:] = [merge for merge in merges if merge[:2] != (first, left)]
            merges.append((first, left, place, left))


def _key(column: Column) -> str:
    """Return the key of a column's values; one that no field takes has one of its own."""
    return column.field or f"?{id(column)}"


def _round_money(row: dict[str, Any]) -> None:
    """Leave whole yuan, so that a hundredth of a yuan never needs eight digits of 万元."""
    for key, value in row.items():
        if isinstance(value, Decimal):
            row[key] = max(value.quantize(Decimal(1)), Decimal(1))


def _vary_heading(rng: random.Random, word: str) -> str:
    """Write a heading with blanks, invisible characters or brackets of the other width."""
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
