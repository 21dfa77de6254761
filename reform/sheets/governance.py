"""The state of reform, item by item."""

import dataclasses
import datetime as dt
import functools
from collections.abc import Iterator, Sequence
from typing import Any

import polars as pl

from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Quarterly
from redcross.uploads.schema.sheet import Column, Sheet, UnstoredColumn
from reform.choices import Answer, ItemKind
from reform.models import (
    GovernanceFact,
    GovernanceItem,
)
from reform.sheets.answers import (
    LEADER_FIELDS,
    answer_parser,
    is_unreadable,
    parse_answer,
    parse_fact_day,
)

register_codes(
    FindingCode(
        "governance.unreadable",
        "E651",
        Severity.ERROR,
        "看不出是否完成",
        "改革事项只能填“是”“否”“推进中”（√、×、○），可以在后面写年月。",
        "请改为“是”“否”或“推进中”，如“是（2021年6月）”。",
    ),
)


_FACT_SCHEMA = {
    "branch": pl.Int64,
    "worksheet": pl.String,
    "row": pl.Int64,
    "item": pl.String,
    "answer": pl.String,
    "words": pl.String,
    "number": pl.Int64,
    "since": pl.Date,
    "evidence": pl.String,
    "reason": pl.String,
}


@dataclasses.dataclass(slots=True)
class _MeasureColumn(UnstoredColumn):
    """A column whose cells answer whether a measure is carried out."""

    note: str = "填“是”“否”“推进中”或 √ × ○，可写年月，如“是（2021年6月）”。"
    sample: str = "是（2021年6月）"
    max_length: int | None = 200

    def adapt(self, spec: FieldSpec) -> FieldSpec:
        """Take 无 for an answer, not for an empty cell."""
        return dataclasses.replace(spec, none_is_answer=True)


@register
class Governance(Sheet):
    """改革进展情况表：每行一个单位，每栏一个事项；各事项按日期保存，可查任意一天的情况。"""

    key = "reform.governance"
    title = "改革进展情况表"
    model = GovernanceFact
    kind = SheetKind.STATISTICS
    exploded_identity = ("item", "since")
    due = (Due(Level.COUNTY, Quarterly(day=5)), Due(Level.PREFECTURE, Quarterly(day=8)))

    branch = Column("单位")
    independent_body = _MeasureColumn("机构单设（理顺）")
    body_rank = UnstoredColumn("机构规格", max_length=200)
    body_nature = UnstoredColumn(
        "机构性质", max_length=200, note="参公管理、全额事业、差额事业、挂靠（卫健）、其他。"
    )
    staff_nature = UnstoredColumn("人员性质", max_length=200)
    staff_quota = UnstoredColumn("编制数", kind=CellKind.INTEGER)
    staff_actual = UnstoredColumn("实有", kind=CellKind.INTEGER)
    party_group = _MeasureColumn("党组")
    party_leader = _MeasureColumn("党委分管领导")
    government_leader = _MeasureColumn("政府分管领导")
    council = _MeasureColumn("理事会换届")
    supervisors = _MeasureColumn("监事会")
    service_window = _MeasureColumn("服务窗口")
    evidence = Column("佐证文号")
    reason = Column("未完成原因")

    def rules(self) -> tuple[Rule, ...]:
        """Return the rule that each measure has an answer that can be counted."""
        return tuple(
            Rule(
                code="governance.unreadable",
                violation=functools.partial(is_unreadable, name),
                needs=(name,),
                message=f"“{{{name}}}”看不出是否完成",
                suggestion="请填“是”“否”“推进中”或 √ × ○，可写年月。",
            )
            for name, column in self.columns.items()
            if isinstance(column, _MeasureColumn)
        )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Make facts of each filled cell: of the period's last day, and of the day in the cell."""
        kinds = dict(GovernanceItem.objects.values_list("code", "kind"))
        names = [
            name for name, column in self.columns.items() if isinstance(column, UnstoredColumn)
        ]
        facts = [
            fact
            for row in frame.iter_rows(named=True)
            for name in names
            if (kind := kinds.get(_item_code(name)))
            for fact in _facts_of_cell(row, name, kind, period)
        ]
        return pl.DataFrame(facts, schema=_FACT_SCHEMA, orient="row") if facts else frame.clear()

    def collapse(self, records: Sequence[Any], period: Period) -> list[dict[str, object]]:
        """Write each branch's facts of the period's end into one row, with their earlier days."""
        rows: dict[int, dict[str, object]] = {}
        earlier_days = {
            (fact.branch_id, fact.item_id): fact.since
            for fact in records
            if fact.since != period.last_day
        }
        for fact in records:
            if fact.since != period.last_day:
                continue
            row = rows.setdefault(fact.branch_id, {"branch": fact.branch_id})
            since = earlier_days.get((fact.branch_id, fact.item_id))
            row[fact.item_id.replace("-", "_")] = _format_cell(fact, since)
            row["evidence"] = row.get("evidence") or fact.evidence
            row["reason"] = row.get("reason") or fact.reason
        return list(rows.values())


def _item_code(field: str) -> str:
    return field.replace("_", "-")


def _format_cell(fact: Any, since: dt.date | None) -> object:
    """Return a fact as it stands in a cell."""
    if fact.number is not None:
        return fact.number
    if fact.words:
        return fact.words
    label = str(Answer(fact.answer).label)
    return f"{label}（{since.year}年{since.month}月{since.day}日）" if since else label


def _facts_of_cell(
    row: dict[str, Any], name: str, kind: str, period: Period
) -> Iterator[tuple[Any, ...]]:
    """Yield the facts of one cell in the order of the schema; none for an empty cell."""
    if row.get(name) in (None, ""):
        return
    text = str(row[name])
    answer, words, number = "", "", None
    match kind:
        case ItemKind.MEASURE:
            answer = answer_parser(name)(text)
            # A leader's name and post are stored beside the answer.
            words = text if name in LEADER_FIELDS and answer and not parse_answer(text) else ""
        case ItemKind.NUMBER:
            number = int(text)
        case _:
            words = text
    evidence = str(row.get("evidence") or "") if answer == Answer.YES else ""
    reason = str(row.get("reason") or "") if answer in (Answer.NO, Answer.IN_PROGRESS) else ""
    since = parse_fact_day(text) if answer == Answer.YES else None
    days = {period.last_day, *([since] if since and since < period.last_day else [])}
    for day in sorted(days):
        yield (
            row["branch"], row["worksheet"], row["row"], _item_code(name), answer, words, number,
            day, evidence, reason,
        )  # fmt: skip
