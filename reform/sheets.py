"""The workbooks of reform and organisation a branch hands in."""

import datetime as dt
import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

import polars as pl
from django.db import models

from redcross.branches.choices import Level
from redcross.indicators.checks.consistency import compare_with_rosters, read_count_rows
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.declare.declaration import registry as indicators
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import PlausibilityWarning, Severity
from redcross.uploads.schema.import_spec import CellKind, FieldSpec, Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly, Quarterly, Yearly
from redcross.uploads.schema.sheet import Column, Parent, Sheet
from reform.choices import Answer, ItemKind, TaskState
from reform.models import (
    Activity,
    Document,
    GoodExample,
    GovernanceFact,
    GovernanceItem,
    GrassrootsUnit,
    KeyTask,
    Liaison,
    Milestone,
    NetworkMovement,
    Problem,
    TaskProgress,
    Visit,
)

_BRANCH = ["填报单位", "县区", "县（市、区）", "州市", "州（市）", "所属单位", "单位名称", "机构"]
_ERROR = Severity.ERROR
register_codes(
    FindingCode(
        "governance.unreadable",
        "E651",
        _ERROR,
        "看不出是否完成",
        "改革事项只能填“是”“否”“推进中”（√、×、○），可以在后面写年月。",
        "请改为“是”“否”或“推进中”，如“是（2021年6月）”。",
    ),
    FindingCode(
        "task.completed",
        "E652",
        _ERROR,
        "完成情况不完整",
        "未完成的任务不填完成日期。",
        "请改正状态，或删去完成日期。",
    ),
    FindingCode(
        "task.without_evidence",
        "W656",
        Severity.WARNING,
        "已完成而没有佐证",
        "已完成的任务应写明佐证（文号、简报、照片编号），由审核人掌握。",
        "请补填佐证，或在说明中写明凭什么算完成。",
    ),
    FindingCode(
        "task.completed_undated",
        "W655",
        Severity.WARNING,
        "已完成而没有完成日期",
        "按填报日期计算是否如期。",
        "请补填完成日期。",
    ),
    FindingCode(
        "problem.solved",
        "E653",
        _ERROR,
        "解决情况不完整",
        "已解决的问题须填解决日期和结果。",
        "请补填，或改正状态。",
    ),
    FindingCode(
        "network.balance",
        "E654",
        _ERROR,
        "期初、新增、注销与期末不平",
        "期初+新增−注销应等于期末。",
        "请核对四个数。",
    ),
)


def _is_blank(name: str) -> pl.Expr:
    return pl.col(name).fill_null("") == ""


# 改革进展情况表 -------------------------------------------------------------------

_YES = re.compile(r"^(?:是|√|✓|✔|☑|有|1$|已|完成|Y|y)")
_NO = re.compile(r"^(?:否|×|✗|✘|x|X|无|0$|未|没|N|n)")
_IN_PROGRESS = re.compile(r"^(?:○|〇|◯|O$|o$|推进|正在|筹备|进行|拟|部分)")
_MONTH = re.compile(
    r"(20\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])(?:\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9]))?"
)
_MEASURES: dict[str, tuple[str, ...]] = {
    "independent_body": (
        "机构单设（理顺）",
        "机构单设",
        "理顺管理体制",
        "理顺",
        "机构是否单设",
        "是否单设",
        "是否理顺",
        "机构独立设置",
    ),
    "party_group": ("党组", "设立党组", "党组设立", "是否设立党组", "党组设立情况"),
    "party_leader": (
        "党委分管领导",
        "党委分管领导（姓名职务）",
        "明确党委分管领导",
        "党委联系领导",
        "分管党委领导",
        "党委分管（联系）领导",
    ),
    "government_leader": (
        "政府分管领导",
        "政府分管领导（姓名职务）",
        "明确政府分管领导",
        "分管政府领导",
        "政府分管（联系）领导",
    ),
    "council": (
        "理事会换届",
        "理事会",
        "理事会是否换届",
        "按期换届",
        "是否按期换届",
        "理事会按期换届",
    ),
    "supervisors": (
        "监事会",
        "设立监事会",
        "监事会设立",
        "是否成立监事会",
        "是否设立监事会",
        "建立监事会",
    ),
    "service_window": (
        "服务窗口",
        "政务大厅服务窗口",
        "红十字服务窗口",
        "设立服务窗口",
        "是否设立服务窗口",
        "政务服务窗口",
        "政务大厅窗口",
    ),
}
_WORDS: dict[str, tuple[str, ...]] = {
    "body_rank": ("机构规格", "规格", "机构级别", "机构规格（级别）"),
    "body_nature": ("机构性质", "单位性质"),
    "staff_nature": ("人员性质", "人员身份"),
}
_NUMBERS: dict[str, tuple[str, ...]] = {
    "staff_quota": ("编制数", "核定编制", "编制", "编制人数", "核定编制数", "人员编制"),
    "staff_actual": ("实有", "实有人数", "在编人数", "实有在编", "实有人员"),
}


_LEADERS = ("party_leader", "government_leader")
_POST_TITLE = re.compile(r"书记|常委|部长|[县市州区镇乡]长|主席|主任|会长|局长|秘书长")
_NEGATION = re.compile(r"[未无暂拟待缺]")


def parse_answer(text: str) -> str:
    """Return what a cell of a measure says, "" where it cannot be read.

    A bare date is a yes: offices write the day in the cell instead of a tick.
    """
    written = text.strip()
    if _IN_PROGRESS.match(written):
        return Answer.IN_PROGRESS
    if _NO.match(written):
        return Answer.NO
    if _YES.match(written) or _MONTH.match(written):
        return Answer.YES
    return ""


def parse_leader_answer(text: str) -> str:
    """Return what a cell of a leader says: who is named with his office is there."""
    said = parse_answer(text)
    if said or _NEGATION.search(text) or not _POST_TITLE.search(text):
        return said
    return Answer.YES


def _answer_parser(name: str) -> Callable[[str], str]:
    return parse_leader_answer if name in _LEADERS else parse_answer


def _is_unreadable(name: str) -> pl.Expr:
    read = pl.col(name).map_elements(_answer_parser(name), return_dtype=pl.String)
    return ~_is_blank(name) & (read == "")


def parse_fact_day(text: str) -> dt.date | None:
    """Return the day a cell names, the first of the month where it names no day."""
    found = _MONTH.search(text)
    if found is None:
        return None
    year, month, day = found.groups()
    try:
        return dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None


def _measure_column(name: str, aliases: Sequence[str] = ()) -> Column:
    label, *others = _MEASURES[name]
    return Column(
        label,
        aliases=[*others, *aliases],
        required=False,
        note="填“是”“否”“推进中”或 √ × ○，可写年月，如“是（2021年6月）”。",
        sample="是（2021年6月）",
    )


@register
class Governance(Sheet):
    """改革进展情况表：每行一个单位，每栏一个事项；各事项按日期保存，可查任意一天的情况。"""

    key = "reform.governance"
    title = "改革进展情况表"
    model = GovernanceFact
    kind = SheetKind.STATISTICS
    exploded_identity = ("item", "since")
    due = (Due(Level.COUNTY, Quarterly(day=5)), Due(Level.PREFECTURE, Quarterly(day=8)))

    branch = Column("单位", aliases=[*_BRANCH, "县(市、区)红会", "县别", "报表县区"])
    independent_body = _measure_column(
        "independent_body",
        aliases=[
            "是否单独设置机构",
            "单独设置机构",
            "独立设置",
            "机构独立设置",
            "理顺情况",
            "体制／是否独立",
            "独立建制",
        ],
    )
    body_rank = Column(
        _WORDS["body_rank"][0],
        aliases=[
            *_WORDS["body_rank"][1:],
            "机构情况／规格",
            "级别",
            "规格等次",
            "体制／行政级别",
            "机构层级",
        ],
    )
    body_nature = Column(
        _WORDS["body_nature"][0],
        aliases=[
            *_WORDS["body_nature"][1:],
            "性质",
            "机构情况／性质",
            "单位性质（类别）",
            "机构类型",
            "体制／编制性质",
        ],
        note="参公管理、全额事业、差额事业、挂靠（卫健）、其他。",
    )
    staff_nature = Column(_WORDS["staff_nature"][0], aliases=_WORDS["staff_nature"][1:])
    staff_quota = Column(
        _NUMBERS["staff_quota"][0],
        aliases=[*_NUMBERS["staff_quota"][1:], "人员／批准编制数", "定编人数"],
    )
    staff_actual = Column(
        _NUMBERS["staff_actual"][0],
        aliases=[
            *_NUMBERS["staff_actual"][1:],
            "在编在岗",
            "在岗人数",
            "实有人员",
            "在编在岗人数",
            "在岗(名)",
            "人员／现有人数",
            "到岗人数",
        ],
    )
    party_group = _measure_column(
        "party_group",
        aliases=[
            "党组（党支部）",
            "党组设立情况",
            "党组成立",
            "组织领导／是否建立党组",
            "党组情况",
        ],
    )
    party_leader = _measure_column(
        "party_leader",
        aliases=[
            "分管领导／党委",
            "县委分管（联系）领导",
            "党委分管（联系）领导",
            "县委分管领导",
            "党委联系领导",
            "联系党委领导",
            "组织领导／党委分管同志",
        ],
    )
    government_leader = _measure_column(
        "government_leader",
        aliases=[
            "分管领导／政府",
            "县政府分管领导",
            "政府分管（联系）领导",
            "联系政府领导",
            "组织领导／政府分管同志",
        ],
    )
    council = _measure_column(
        "council", aliases=["换届情况", "理事会换届情况", "治理／理事会是否换届", "理事会届满换届"]
    )
    supervisors = _measure_column(
        "supervisors", aliases=["监事会成立", "治理／监事会有无", "监事会情况"]
    )
    service_window = _measure_column(
        "service_window",
        aliases=[
            "窗口设置",
            "政务服务窗口",
            "窗口设立情况",
            "政务窗口",
            "为民服务窗口",
            "便民窗口",
        ],
    )
    evidence = Column(
        "佐证文号",
        aliases=[
            "文号",
            "佐证",
            "佐证材料",
            "依据文号",
            "依据",
            "文件依据",
            "佐证材料（文号）",
            "批复文号",
            "文件号",
        ],
    )
    reason = Column(
        "未完成原因",
        aliases=[
            "原因",
            "备注",
            "说明",
            "存在困难",
            "存在问题",
            "未理顺原因",
            "存在困难及原因",
            "备注（未完成原因）",
            "未完成的原因",
            "存在困难和原因",
            "未落实原因",
            "尚未完成的原因",
            "进度滞后原因",
        ],
    )

    def _field(self, name: str, column: Column) -> FieldSpec:
        if name in ("branch", "evidence", "reason"):
            return super()._field(name, column)
        return FieldSpec(
            name=name,
            label=column.label,
            kind=CellKind.INTEGER if name in _NUMBERS else CellKind.TEXT,
            aliases=tuple(column.aliases),
            max_length=None if name in _NUMBERS else 200,
            none_is_answer=name in _MEASURES,
            note=column.note,
            sample=column.sample,
        )

    def model_field(self, name: str) -> "models.Field[Any, Any]":
        if name in (*_MEASURES, *_WORDS, *_NUMBERS):
            return models.TextField(blank=True)
        return super().model_field(name)

    def rules(self) -> tuple[Rule, ...]:
        """Each measure is told in a way that can be counted."""
        return tuple(
            Rule(
                code="governance.unreadable",
                violation=functools.partial(_is_unreadable, name),
                needs=(name,),
                message=f"“{{{name}}}”看不出是否完成",
                suggestion="请填“是”“否”“推进中”或 √ × ○，可写年月。",
            )
            for name in _MEASURES
        )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Make of each filled cell a fact of the period's last day, and of the day it names."""
        kinds = dict(GovernanceItem.objects.values_list("code", "kind"))
        rows = [
            fact for row in frame.iter_rows(named=True) for fact in _parse_facts(row, kinds, period)
        ]
        return pl.DataFrame(rows, schema=_FACT_SCHEMA, orient="row") if rows else frame.clear()

    def collapse(self, records: Sequence[Any], period: Period) -> list[dict[str, object]]:
        """Write each branch's facts of the period's end into one row, the days they name beside."""
        rows: dict[int, dict[str, object]] = {}
        named = {
            (fact.branch_id, fact.item_id): fact.since
            for fact in records
            if fact.since != period.last_day
        }
        for fact in records:
            if fact.since != period.last_day:
                continue
            row = rows.setdefault(fact.branch_id, {"branch": fact.branch_id})
            name = fact.item_id.replace("-", "_")
            row[name] = _format_fact(fact, named.get((fact.branch_id, fact.item_id)))
            row["evidence"] = row.get("evidence") or fact.evidence
            row["reason"] = row.get("reason") or fact.reason
        return list(rows.values())


def _format_fact(fact: Any, since: dt.date | None) -> object:
    """Return a fact as a cell says it."""
    if fact.number is not None:
        return fact.number
    if fact.words:
        return fact.words
    label = str(Answer(fact.answer).label)
    return f"{label}（{since.year}年{since.month}月{since.day}日）" if since else label


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


def _parse_facts(
    row: dict[str, Any], kinds: dict[str, str], period: Period
) -> Iterator[tuple[Any, ...]]:
    for name in (*_MEASURES, *_WORDS, *_NUMBERS):
        code = name.replace("_", "-")
        written = row.get(name)
        if written in (None, "") or code not in kinds:
            continue
        text = str(written)
        answer, words, number = "", "", None
        match kinds[code]:
            case ItemKind.MEASURE:
                answer = _answer_parser(name)(text)
                # Who it is stays beside the answer.
                words = text if name in _LEADERS and answer and not parse_answer(text) else ""
            case ItemKind.NUMBER:
                number = int(text)
            case _:
                words = text
        evidence = str(row.get("evidence") or "") if answer == Answer.YES else ""
        reason = str(row.get("reason") or "") if answer in (Answer.NO, Answer.IN_PROGRESS) else ""
        named = parse_fact_day(text) if answer == Answer.YES else None
        days = {period.last_day, *([named] if named and named < period.last_day else [])}
        for day in sorted(days):
            yield (
                row["branch"], row["worksheet"], row["row"], code, answer, words, number, day,
                evidence, reason,
            )  # fmt: skip


# 年度重点任务 ---------------------------------------------------------------------


@register
class Tasks(Sheet):
    """年度重点任务推进表：每行一项任务的一次进展；历次进展都保留。"""

    key = "reform.tasks"
    title = "年度重点任务推进表"
    titles = (
        "重点任务推进情况表",
        "重点工作任务推进表",
        "重点任务完成情况表",
    )
    model = TaskProgress
    kind = SheetKind.LEDGER
    identity = ("year", "number", "told_on")
    dated_by = "told_on"
    constants = {"completed_on": None}
    due = (Due(Level.PREFECTURE, Monthly(day=8)),)
    parents = (
        Parent(
            foreign_key="task",
            model=KeyTask,
            fields={
                "year": "year",
                "number": "number",
                "name": "name",
                "measure": "measure",
                "target": "target",
                "upper_number": "upper_number",
                "leader": "leader",
                "department": "department",
                "due_on": "due_on",
            },
            key=("year", "number"),
        ),
    )

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    year = Column(
        "年度",
        aliases=["任务年度", "年份"],
        required=False,
        value_range=(2000, 2100),
        note="不填时为报告期所在年度。",
    )
    number = Column("序号", aliases=["任务序号", "编号"], fill_down=True)
    name = Column(
        "重点任务",
        aliases=[
            "任务",
            "任务名称",
            "工作任务",
            "重点工作",
            "重点工作任务",
            "任务内容",
            "工作任务名称",
            "工作项目",
            "重点事项",
            "重点工作事项",
            "工作任务项目",
            "要点任务",
        ],
        fill_down=True,
    )
    measure = Column(
        "具体指标",
        aliases=[
            "指标",
            "工作内容",
            "任务指标",
            "指标内容",
            "指标名称",
            "考核指标",
            "指标要求",
            "主要指标",
            "工作指标",
            "量化指标",
            "指标任务",
            "衡量指标",
        ],
    )
    target = Column(
        "目标值",
        aliases=[
            "目标",
            "年度目标",
            "目标数",
            "年度目标值",
            "计划数",
            "目标任务数",
            "任务数",
            "指标／目标",
            "指标／计划",
            "全年目标",
            "目标数值",
        ],
    )
    upper_number = Column("对应上级任务序号", aliases=["上级任务序号"])
    leader = Column(
        "责任领导",
        aliases=[
            "牵头领导",
            "分管领导",
            "牵头责任领导",
            "责任人",
            "包保领导",
            "负责领导",
            "挂钩领导",
        ],
    )
    department = Column(
        "责任部门",
        aliases=[
            "责任单位",
            "责任部门/单位",
            "牵头部门",
            "责任部门（单位）",
            "牵头单位",
            "责任科室",
            "责任处室",
            "责任单位（部门）",
            "牵头科室",
            "责任科（处）室",
            "承办部门",
            "牵头处室",
            "承办科室",
            "承担部门",
            "落实科室",
        ],
    )
    due_on = Column(
        "完成时限",
        aliases=[
            "时限",
            "完成时间",
            "计划完成时间",
            "完成期限",
            "截止时间",
            "时限要求",
            "完成期限要求",
            "办结时限",
            "最迟完成日",
        ],
    )
    told_on = Column(
        "填报日期",
        aliases=["日期", "统计日期"],
        required=False,
        fill_down=True,
        note="不填时为报告期最后一天。",
    )
    state = Column(
        "状态",
        aliases=[
            "完成状态",
            "任务状态",
            "推进状态",
            "进度状态",
            "当前状态",
            "推进情况状态",
            "状态（未启动/推进中/已完成/滞后）",
            "工作状态",
            "办理状态",
            "完成情况（状态）",
            "进度（未启动/推进中/已完成/滞后）",
            "所处阶段",
        ],
        words={
            "完成": "COMPLETED",
            "已办结": "COMPLETED",
            "进行中": "IN_PROGRESS",
            "未开始": "NOT_STARTED",
            "正在推进": "IN_PROGRESS",
            "推进": "IN_PROGRESS",
            "正在进行": "IN_PROGRESS",
            "正常推进": "IN_PROGRESS",
            "有序推进": "IN_PROGRESS",
            "按期完成": "COMPLETED",
            "如期完成": "COMPLETED",
            "已如期完成": "COMPLETED",
            "未完成": "IN_PROGRESS",
            "尚未启动": "NOT_STARTED",
            "未推进": "NOT_STARTED",
            "进度滞后": "BEHIND",
            "滞后": "BEHIND",
        },
    )
    percent = Column(
        "完成率（%）",
        aliases=[
            "完成率",
            "进度",
            "完成比例",
            "完成进度",
            "完成百分比",
            "指标值／达成率",
            "达成比例",
        ],
        required=False,
    )
    value_done = Column(
        "完成值",
        aliases=[
            "完成数",
            "完成情况（数值）",
            "实际完成值",
            "已完成数",
            "实际完成",
            "截至目前完成值",
            "实际完成数",
            "指标／完成",
            "完成任务数",
            "累计完成数",
            "已完成",
            "指标值／已达",
            "截至目前完成",
        ],
    )
    progress = Column(
        "进展情况",
        aliases=[
            "工作进展",
            "进展",
            "推进情况",
            "工作进展情况",
            "目前进展",
            "完成情况",
            "推进情况说明",
            "进展说明",
            "工作推进情况",
            "进展情况说明",
            "推进动态",
            "落实情况",
        ],
    )
    problem = Column(
        "存在问题",
        aliases=[
            "问题",
            "困难",
            "存在困难",
            "存在的问题",
            "困难和问题",
            "存在问题及困难",
            "存在问题和困难",
            "堵点难点",
            "主要困难",
        ],
    )
    next_step = Column(
        "下步措施",
        aliases=[
            "下一步措施",
            "下步打算",
            "下步工作措施",
            "下一步工作措施",
            "下一步打算",
            "下步工作打算",
            "下步计划",
            "下步工作计划",
            "下一步工作计划",
            "下步工作",
            "下一步工作",
            "后续安排",
            "下阶段举措",
        ],
    )
    evidence = Column(
        "佐证",
        aliases=[
            "佐证材料",
            "佐证文号",
            "印证资料",
            "印证材料",
            "佐证资料",
            "支撑材料",
            "证明资料",
        ],
    )
    completed_on = Column("完成日期", aliases=["办结日期", "实际完成时间"])

    def rules(self) -> tuple[Rule, ...]:
        """What is completed has its day, and should have its evidence."""
        completed = pl.col("state") == TaskState.COMPLETED
        return (
            Rule(
                code="task.without_evidence",
                violation=lambda: completed & _is_blank("evidence"),
                needs=("state",),
                message="已完成的任务没有佐证",
                suggestion="请补填佐证，或在说明中写明凭什么算完成。",
                severity=Severity.WARNING,
            ),
            Rule(
                code="task.completed_undated",
                violation=lambda: completed & pl.col("completed_on").is_null(),
                needs=("state",),
                message="已完成的任务没有完成日期，按填报日期计算是否如期",
                suggestion="请补填完成日期；填报日期就是完成日期的，在说明中写明。",
                severity=Severity.WARNING,
            ),
            Rule(
                code="task.completed",
                violation=lambda: ~completed & pl.col("completed_on").is_not_null(),
                needs=("completed_on", "state"),
                message="填了完成日期，状态却不是“已完成”",
                suggestion="请改正状态，或删去完成日期。",
            ),
        )

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Take the year and the last day of the period where nobody has written one."""
        empty = [
            pl.lit(None, dtype=dtype).alias(name)
            for name, dtype in (("year", pl.Int64), ("told_on", pl.Date), ("completed_on", pl.Date))
            if name not in frame.columns
        ]
        undated = (pl.col("state") == TaskState.COMPLETED) & pl.col("completed_on").is_null()
        return (
            frame.with_columns(empty)
            .with_columns(
                pl.col("year").fill_null(period.last.year),
                pl.col("told_on").fill_null(period.last_day),
            )
            .with_columns(
                completed_on=pl.when(undated)
                .then(pl.col("told_on"))
                .otherwise(pl.col("completed_on").cast(pl.Date))
            )
        )

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Tell whether a task was completed in time."""
        completed_on = pl.col("completed_on").cast(pl.Date)
        return frame.with_columns(
            completed_on=completed_on,
            on_time=(completed_on <= pl.col("due_on")).fill_null(value=False),
        )


# 组织网络 -------------------------------------------------------------------------


@register
class Units(Sheet):
    """基层组织名册：每行一个基层组织。"""

    key = "reform.units"
    title = "基层组织名册"
    model = GrassrootsUnit
    kind = SheetKind.ROSTER
    identity = ("name", "kind")
    due = (Due(Level.COUNTY, Quarterly(day=5)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    name = Column("基层组织名称", aliases=["名称", "组织名称", "单位名称（全称）"])
    kind_ = Column(
        "类别",
        aliases=["组织类别", "类型"],
        words={
            "乡镇（街道）": "TOWNSHIP",
            "街道": "TOWNSHIP",
            "村": "VILLAGE",
            "社区": "VILLAGE",
            "村（社区）": "VILLAGE",
            "医院": "MEDICAL",
            "医疗机构": "MEDICAL",
            "企业单位": "ENTERPRISE",
            "机关单位": "GOVERNMENT",
        },
    )
    founded_on = Column("成立日期", aliases=["成立时间", "建会时间", "建立日期"])
    dissolved_on = Column("注销日期", aliases=["撤销日期"])
    head = Column("负责人", aliases=["会长", "带头人"])
    members = Column("会员数", aliases=["会员人数"], required=False)
    remark = Column("备注", aliases=["说明"])


_COUNTED_FIELDS = (
    "units_start", "units_new", "units_closed", "units_end", "townships", "villages", "schools",
    "medical", "enterprises", "others", "service_teams",
)  # fmt: skip
_CHECK_ONLY_NOTE = "仅用于核对，不单独登记。"


def _unit_count_column(
    word: str, *others: str, indicator: str = "", aliases: Sequence[str] = ()
) -> CountedColumn:
    """Return a count of grassroots units; the register of units is what counts."""
    return CountedColumn(
        f"基层组织／{word}",
        aliases=[
            *(f"基层组织／{each}" for each in others),
            f"基层组织／其中／{word}",
            *aliases,
        ],
        note=_CHECK_ONLY_NOTE,
        indicator=indicator,
        rostered=bool(indicator),
    )


@register
class Network(Sheet):
    """基层组织、会员、志愿者统计表：每行一个单位本期的变动；基层组织以名册为准，此处只核对。"""

    key = "reform.network"
    title = "基层组织、会员、志愿者统计表"
    titles = (
        "基层组织和会员、志愿者情况统计表",
        "基层组织、会员和志愿者统计表",
        "组织建设情况统计表",
        "基层组织会员志愿者情况统计表",
    )
    model = NetworkMovement
    kind = SheetKind.STATISTICS
    exploded_identity = ("month",)
    due = (Due(Level.COUNTY, Quarterly(day=5)), Due(Level.PREFECTURE, Quarterly(day=8)))

    branch = Column("单位", aliases=[*_BRANCH, "县市区会", "组织名称", "县区红会"])
    units_start = _unit_count_column(
        "期初",
        "期初数",
        "上期末",
        "上年末",
        "原有",
        "期初基层组织数",
        "上期数",
        aliases=["季初组织数", "红十字基层组织／期初结转", "基层红会／期初数"],
    )
    units_new = _unit_count_column(
        "新增",
        "本期新增",
        "新增数",
        "新建",
        "其中本季新增",
        "本季新增",
        aliases=["本季组建", "红十字基层组织／本期变动／建立", "基层红会／增加数"],
        indicator="reform.grassroots_units_new",
    )
    units_closed = _unit_count_column(
        "注销",
        "撤销",
        "注销数",
        "减少",
        "本期注销",
        "本期减少",
        aliases=["本季撤并", "红十字基层组织／本期变动／撤销", "基层红会／减少数"],
    )
    units_end = _unit_count_column(
        "期末",
        "期末数",
        "现有",
        "合计",
        "本期末",
        "总数",
        "现有数",
        aliases=["季末组织数", "红十字基层组织／现有合计", "基层红会／期末数"],
        indicator="reform.grassroots_units",
    )
    townships = _unit_count_column(
        "乡镇",
        "乡镇（街道）",
        "乡（镇、街道）",
        aliases=["红十字基层组织／现有分类／乡镇(街道)红会"],
    )
    villages = _unit_count_column(
        "村社区",
        "村（社区）",
        "社区村",
        "村（居）",
        "村居",
        "按类型／村（居）",
        aliases=["红十字基层组织／现有分类／村(社区)红会"],
    )
    schools = _unit_count_column("学校", "院校", aliases=["红十字基层组织／现有分类／学校红会"])
    medical = _unit_count_column(
        "医疗",
        "医疗机构",
        "医疗卫生",
        "医院",
        "医疗卫生机构",
        "卫生",
        aliases=["红十字基层组织／现有分类／医疗机构红会"],
    )
    enterprises = _unit_count_column(
        "企业", "企事业单位", aliases=["红十字基层组织／现有分类／企业红会"]
    )
    others = _unit_count_column("其他", "其它", aliases=["红十字基层组织／现有分类／其他红会"])
    members_before = Column("会员／期初", aliases=["会员期初", "期初会员"], required=False)
    adults_new = Column(
        "会员／新增成人",
        aliases=[
            "新增成人会员",
            "成人",
            "会员／成人会员",
            "会员／成年",
            "会员／成人",
            "会员／成年会员",
            "18岁以上会员",
            "会员队伍／成年会员",
            "会员(人)／成年人",
        ],
        required=False,
    )
    youths_new = Column(
        "会员／新增青少年",
        aliases=[
            "新增青少年会员",
            "青少年",
            "会员／青少年会员",
            "会员／红十字青少年",
            "会员／青少年",
            "青少年会员人数",
            "会员队伍／青少年",
            "会员(人)／学生",
        ],
        required=False,
    )
    members_left = Column("会员／注销", aliases=["注销会员"], required=False)
    members_after = Column("会员／期末", aliases=["会员期末", "期末会员"], required=False)
    groups_new = Column(
        "会员／新增团体",
        aliases=[
            "会员／团体（个）",
            "会员／团体会员",
            "新增团体会员",
            "团体会员",
            "团体",
            "团体（个）",
            "会员／团体会员单位",
            "会员／团体",
            "团体会员单位(家)",
            "会员队伍／团体",
        ],
        required=False,
    )
    volunteers_new = Column(
        "志愿者／新注册",
        aliases=[
            "志愿者／注册",
            "志愿者／注册人数",
            "志愿者／注册志愿者",
            "新注册志愿者",
            "新增志愿者",
            "在册志愿者",
            "志愿服务／登记志愿者",
            "志愿者(人)／总人数",
        ],
        required=False,
    )
    volunteers_left = Column("志愿者／注销", aliases=["注销志愿者"], required=False)
    volunteer_hours = Column(
        "志愿者／服务时长（小时）",
        aliases=[
            "志愿者／时长（小时）",
            "志愿者／服务小时",
            "志愿者／服务小时数",
            "服务时长",
            "服务时长（小时）",
            "时长",
            "志愿者／累计服务小时",
            "志愿者／服务时间",
            "服务总时数(小时)",
            "志愿服务／服务小时数",
            "志愿服务(小时)",
        ],
        unit=Unit.HOURS,
        required=False,
    )
    service_teams = Column(
        "志愿者／服务队",
        aliases=[
            "志愿者／志愿服务队",
            "志愿者／队伍",
            "志愿服务队",
            "服务队",
            "志愿者／服务队数",
            "志愿服务队伍(支)",
            "志愿队伍(支)",
        ],
        required=False,
        note=_CHECK_ONLY_NOTE,
    )

    def _field(self, name: str, column: Column) -> FieldSpec:
        if name not in _COUNTED_FIELDS:
            return super()._field(name, column)
        return FieldSpec(
            name=name,
            label=column.label,
            kind=CellKind.INTEGER,
            aliases=tuple(column.aliases),
            note=column.note,
        )

    def model_field(self, name: str) -> "models.Field[Any, Any]":
        if name in _COUNTED_FIELDS:
            return models.TextField(blank=True)
        return super().model_field(name)

    def rules(self) -> tuple[Rule, ...]:
        """期初+新增−注销=期末."""
        return (
            Rule(
                code="network.balance",
                violation=lambda: (
                    pl.col("units_end")
                    != pl.col("units_start")
                    + pl.col("units_new").fill_null(0)
                    - pl.col("units_closed").fill_null(0)
                ),
                needs=("units_end", "units_start", "units_new", "units_closed"),
                message="基层组织期末 {units_end} 不等于期初 {units_start}+新增−注销",
                suggestion="请核对期初、新增、注销与期末。",
            ),
            Rule(
                code="network.balance",
                violation=lambda: (
                    pl.col("members_after")
                    != pl.col("members_before")
                    + pl.col("adults_new").fill_null(0)
                    + pl.col("youths_new").fill_null(0)
                    - pl.col("members_left").fill_null(0)
                ),
                needs=("members_after", "members_before", "adults_new"),
                message="期末 {members_after} 不等于期初 {members_before}+新增−注销",
                suggestion="请核对期初、新增、注销与期末。",
            ),
            Rule(
                code="row.repeated",
                violation=lambda: pl.col("branch").is_not_null() & pl.col("branch").is_duplicated(),
                needs=("branch",),
                message="同一单位在表中出现了多行",
                suggestion="请合并为一行。",
            ),
        )

    def plausibility_warnings(
        self, frame: pl.DataFrame, period: Period
    ) -> Iterable[PlausibilityWarning]:
        """Hold the counts of grassroots units against their register."""
        counted = {
            name: column
            for name, column in self.columns.items()
            if isinstance(column, CountedColumn)
        }
        return compare_with_rosters(counted, read_count_rows(frame, counted), period)

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Date the row by the last month it speaks of."""
        return frame.with_columns(month=pl.lit(period.last))

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Add up who came, less who left."""

        def of(name: str) -> pl.Expr:
            return pl.col(name).fill_null(0) if name in frame.columns else pl.lit(0)

        members = of("adults_new") + of("youths_new")
        frame = frame.drop(_COUNTED_FIELDS, strict=False)
        return frame.with_columns(
            members_new=members,
            members_net=members - of("members_left"),
            volunteers_net=of("volunteers_new") - of("volunteers_left"),
        )


# 台账 ---------------------------------------------------------------------------


@register
class Liaisons(Sheet):
    """领导挂钩联系表：每行一位领导联系的一个单位。"""

    key = "reform.liaisons"
    title = "领导挂钩联系表"
    model = Liaison
    identity = ("leader", "since")

    branch = Column("联系单位", aliases=["联系州市", *_BRANCH], fill_down=True)
    leader = Column("联系领导", aliases=["领导", "挂钩领导"])
    post = Column("职务", aliases=["领导职务"])
    since = Column("起始日期", aliases=["起始时间", "开始日期"])
    ended_on = Column("截止日期", aliases=["结束日期"])


@register
class Visits(Sheet):
    """走访调研记录：每行一次走访。"""

    key = "reform.visits"
    title = "走访调研记录"
    model = Visit
    dated_by = "visited_on"

    branch = Column("走访单位", aliases=_BRANCH, fill_down=True)
    leader = Column("走访领导", aliases=["领导", "带队领导"])
    visited_on = Column("走访日期", aliases=["日期", "时间"])
    place = Column("地点")
    work = Column("工作内容", aliases=["内容", "主要工作"])


@register
class Problems(Sheet):
    """调研问题清单：每行一个问题，含责任单位与解决情况。"""

    key = "reform.problems"
    title = "调研问题清单"
    model = Problem
    identity = ("found_on", "content")

    branch = Column("涉及单位", aliases=["提出单位", *_BRANCH], fill_down=True)
    found_on = Column("发现日期", aliases=["提出日期", "日期"])
    found_in = Column("来源", aliases=["调研活动", "问题来源"])
    content = Column("问题", aliases=["困难和问题", "问题内容", "存在问题"])
    owner = Column("责任单位", aliases=["牵头部门", "责任部门"])
    due_on = Column("解决时限", aliases=["时限", "整改时限"])
    state = Column(
        "状态",
        aliases=["解决情况", "进展"],
        words={"已办结": "SOLVED", "办理中": "IN_PROGRESS", "未解决": "OPEN"},
    )
    solution = Column("解决措施与结果", aliases=["解决措施", "结果", "整改措施"])
    solved_on = Column("解决日期", aliases=["办结日期", "完成日期"])

    def rules(self) -> tuple[Rule, ...]:
        """What is solved says when and how."""
        return (
            Rule(
                code="problem.solved",
                violation=lambda: (
                    (pl.col("state") == "SOLVED")
                    & (pl.col("solved_on").is_null() | _is_blank("solution"))
                ),
                needs=("state",),
                message="已解决的问题没有解决日期或结果",
                suggestion="请补填解决日期与结果。",
            ),
        )


@register
class Activities(Sheet):
    """活动台账：纪念活动、培训、座谈会、调研等，每行一次。"""

    key = "reform.activities"
    title = "活动台账"
    model = Activity
    dated_by = "held_on"
    identity = ("held_on", "name")

    branch = Column("单位", aliases=["主办单位", *_BRANCH], fill_down=True)
    activity_kind = Column(
        "活动类别",
        aliases=["类别", "类型"],
        words={"培训": "TRAINING", "宣传": "PUBLICITY", "纪念": "COMMEMORATION", "座谈": "FORUM"},
    )
    name = Column("活动名称", aliases=["名称", "活动"])
    held_on = Column("活动日期", aliases=["日期", "时间", "活动时间"])
    place = Column("地点", aliases=["活动地点"])
    participants = Column("参加人员", aliases=["参加单位", "参与人员", "参加捐赠人"])
    people_times = Column("参加人次", aliases=["人次", "人数"], required=False)
    task_number = Column("对应任务序号", aliases=["任务序号"])
    content = Column("内容", aliases=["活动内容", "备注"])


@register
class Documents(Sheet):
    """文件台账：推动工作的文件，含联合发文。"""

    key = "reform.documents"
    title = "文件台账"
    model = Document
    dated_by = "issued_on"
    identity = ("name", "issued_on")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    number = Column("文号", aliases=["发文字号"])
    name = Column("文件名称", aliases=["名称", "标题"])
    level = Column(
        "发文层级",
        aliases=["层级", "级别"],
        words={"省": "PROVINCE", "州": "PREFECTURE", "市": "PREFECTURE", "县": "COUNTY"},
    )
    issued_on = Column("发文日期", aliases=["日期", "印发日期"])
    issued_jointly_with = Column("联发单位", aliases=["联合发文单位"])
    covers = Column("涉及工作", aliases=["内容", "主要内容"])
    task_number = Column("对应任务序号", aliases=["任务序号"])


@register
class Milestones(Sheet):
    """里程碑登记表：重点任务和改革中的标志性进展。"""

    key = "reform.milestones"
    title = "里程碑登记表"
    model = Milestone
    dated_by = "happened_on"
    identity = ("happened_on", "name")

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    happened_on = Column("日期", aliases=["时间"])
    name = Column("里程碑", aliases=["标志性进展", "事项"])
    year = Column("任务年度", aliases=["年度"], required=False)
    task_number = Column("对应任务序号", aliases=["任务序号"])
    indicator = Column("关联指标", aliases=["指标"])
    evidence = Column("佐证", aliases=["佐证材料"])

    def _field(self, name: str, column: Column) -> FieldSpec:
        spec = super()._field(name, column)
        if name != "indicator":
            return spec
        labels = {each.key: each.label for each in indicators.values()}
        words = {label: key for key, label in labels.items()} | {key: key for key in labels}
        return FieldSpec(
            name=spec.name,
            label=spec.label,
            kind=CellKind.CHOICE,
            aliases=spec.aliases,
            choices=words,
            labels=labels,
        )


@register
class GoodExamples(Sheet):
    """典型经验登记表：供通报选用。"""

    key = "reform.examples"
    title = "典型经验登记表"
    model = GoodExample
    dated_by = "told_on"
    identity = ("told_on", "name")
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", aliases=_BRANCH, fill_down=True)
    told_on = Column("登记日期", aliases=["日期", "时间"])
    name = Column("经验标题", aliases=["标题", "题目"])
    method = Column("工作法", aliases=["方法"])
    content = Column("做法与成效", aliases=["内容", "主要做法"])
