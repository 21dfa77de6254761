"""What the reader needs to know of a sheet, as plain values: no model, no database.

A `Sheet` (see `sheet.py`) is declared beside its model; `Sheet.specification()`
resolves it into these. The modules workbook, heading, cells, checks and annotating
take and give nothing but values, so that they can be tested by the thousand.
"""

import dataclasses
import datetime as dt
import enum
import re
from collections.abc import Callable, Mapping

import polars as pl

from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.choices import Severity


class CellKind(enum.StrEnum):
    """What a column's cells are read as; the dtype of the cleaned column in brackets."""

    TEXT = "TEXT"  # [String]
    DATE = "DATE"  # [Date]
    DECIMAL = "DECIMAL"  # [Decimal(38, places)], in the field's stored unit
    INTEGER = "INTEGER"  # [Int64]
    BOOLEAN = "BOOLEAN"  # [Boolean] √ 是 1 有 / × 否 0 无
    CHOICE = "CHOICE"  # [String], the stored key
    REFERENCE = "REFERENCE"  # [String], the key of a named row (fund, campaign …)
    BRANCH = "BRANCH"  # [Int64], the branch's id
    ID_NUMBER = "ID_NUMBER"  # [String], GB 11643 or a foreign document
    PHONE = "PHONE"  # [String], several joined by 、
    CREDIT_CODE = "CREDIT_CODE"  # [String], GB 32100, warned of only


NUMERIC_KINDS = (CellKind.DECIMAL, CellKind.INTEGER)
"""Kinds whose cells hold numbers, which can be added up."""
LABEL_KINDS = (
    CellKind.TEXT,
    CellKind.DATE,
    CellKind.CHOICE,
    CellKind.REFERENCE,
    CellKind.BRANCH,
    CellKind.BOOLEAN,
)
"""Kinds of which one cell may stand for many rows: merged, or said of a whole table."""


class SheetKind(enum.StrEnum):
    """What a sheet holds, and so what an upload of it does by default."""

    LEDGER = "LEDGER"  # a line an event; default is to add (追加/补报)
    ROSTER = "ROSTER"  # a line a person; default is to add
    STATISTICS = "STATISTICS"  # a line a branch; default is to replace the period


@dataclasses.dataclass(frozen=True, slots=True)
class FieldSpec:
    """One column of a sheet, resolved against its model."""

    name: str  # the model's field
    label: str  # the heading we print
    kind: CellKind
    aliases: tuple[str, ...] = ()  # other headings staff write
    substrings: tuple[str, ...] = ()  # words within a heading, where no heading is exact
    patterns: tuple[str, ...] = ()  # patterns of whole headings, folded, that mean it too
    exclude_pattern: re.Pattern[str] | None = None  # within a heading: it is another thing
    value_range: tuple[int, int] | None = None  # a column with no number between these is another
    rejects_numbers: bool = False  # names something: a column of bare numbers is another
    null_values: tuple[str, ...] = ()  # more words for an empty cell: 不标价
    default_to_month_end: bool = False  # a month without a day means its last one
    required: bool = False
    unit: Unit = Unit.NONE  # what it is stored in; headings may say 万元
    max_length: int | None = None
    max_digits: int | None = None
    decimal_places: int = 2
    choices: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Every accepted word (label, synonym, key) → stored key, for CHOICE and REFERENCE."""
    labels: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Stored key → the label we print, for CHOICE and REFERENCE."""
    allow_negative: bool = False
    earliest: dt.date | None = None
    latest: dt.date | None = None
    none_is_answer: bool = False  # 无 is a word of this column, not an empty cell
    fill_down: bool = False  # a merged label stands for the rows below it
    from_title: bool = False  # a table without the column may say it in its title
    default_from_period: bool = False  # else its rows are of the report's month, with a warning
    branch_from_address: bool = False  # an address: it may say whose the row is
    fallback_column: str = ""  # the field that takes what this one cannot hold
    may_register: Callable[[str, dt.date], bool] | None = None
    """For REFERENCE: whether a load may register this name, in a report up to this day."""
    personal: bool = False  # findings and diffs show it masked
    unique_in_workbook: bool = False
    default: object = None  # a constant for an empty or missing cell
    note: str = ""  # 填写说明, printed in the template
    sample: str = ""  # what the template's sample row shows
    pattern_examples: tuple[str, ...] = ()  # headings that the patterns match


@dataclasses.dataclass(frozen=True, slots=True)
class Rule:
    """A check across columns of one row.

    `broken` is an expression over the cleaned columns that is true where the rule is
    broken (null counts as kept); rules naming an absent column are skipped.
    `message` may hold {field} placeholders, filled with the row's values.
    """

    code: str
    violation: Callable[[], pl.Expr]
    needs: tuple[str, ...]  # fields that must be present, the first one is shown
    message: str
    suggestion: str = ""
    severity: Severity = Severity.ERROR


@dataclasses.dataclass(frozen=True, slots=True)
class SplitAmounts:
    """An amount that some lists give in several columns: 现金, 转账, 微信; 现金, 物资折价."""

    field: str
    parts: Mapping[str, tuple[str, str] | None]
    """How a part is headed, folded → the field its heading tells, and the word; or nothing."""
    groups: tuple[str, ...] = ()  # what the parts stand under: 捐赠金额／定向
    totals: tuple[str, ...] = ()  # the column beside them that adds them up


@dataclasses.dataclass(frozen=True, slots=True)
class SheetSpec:
    """One kind of workbook a branch hands in."""

    key: str
    title: str
    kind: SheetKind
    fields: tuple[FieldSpec, ...]
    dated_by: str | None = None  # a row outside the uploaded period is an error
    identity: tuple[str, ...] = ()  # repeats are numbered and warned of
    rules: tuple[Rule, ...] = ()
    titles: tuple[str, ...] = ()  # what offices call it besides
    branch_field: str | None = "branch"  # the 单位 column, where the workbook has one
    split_amounts: SplitAmounts | None = None
    normalize: Callable[[pl.DataFrame], pl.DataFrame] | None = None
    """Mends what rows say in other columns than they should, before they are checked."""

    def field(self, name: str) -> FieldSpec:
        """Return the field called `name`; raise KeyError."""
        for field in self.fields:
            if field.name == name:
                return field
        raise KeyError(name)


@dataclasses.dataclass(frozen=True, slots=True)
class ImportContext:
    """Who uploads, for when, and how he names branches."""

    period: Period
    today: dt.date
    branch_id: int
    branch_names: Mapping[str, tuple[int, ...]]
    """Normalised name, code or alias → ids it may mean; the caller has put the
    uploader's own context first, so that one id means "resolved"."""
    branch_labels: Mapping[int, str]
    own_subtree: frozenset[int]  # ids the uploader may write for
    epoch: dt.date = dt.date(1899, 12, 30)
    """Day 0 of the workbook's serial numbers; the 1904 date system begins elsewhere."""
    branch_levels: Mapping[int, str] = dataclasses.field(default_factory=dict)
    table_values: Mapping[str, str] = dataclasses.field(default_factory=dict)
    """Field → what the uploader has said of every row of a table without the column."""
    level_branch_id: int | None = None
    """Where a row names no branch: the uploading branch itself (= branch_id)."""
