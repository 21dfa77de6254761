"""Progress of the key tasks of a year."""

import polars as pl

from redcross.branches.choices import Level
from redcross.periods import Period
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.expressions import is_blank
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.schema.sheet import Column, Parent, Sheet
from reform.choices import TaskState
from reform.models import (
    KeyTask,
    TaskProgress,
)

register_codes(
    FindingCode(
        "task.completed",
        "E652",
        Severity.ERROR,
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
)


@register
class Tasks(Sheet):
    """年度重点任务推进表：每行一项任务的一次进展；历次进展都保留。"""

    key = "reform.tasks"
    title = "年度重点任务推进表"
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

    branch = Column("单位", fill_down=True)
    year = Column("年度", required=False, value_range=(2000, 2100), note="不填时为报告期所在年度。")
    number = Column("序号", fill_down=True)
    name = Column("重点任务", fill_down=True)
    measure = Column("具体指标")
    target = Column("目标值")
    upper_number = Column("对应上级任务序号")
    leader = Column("责任领导")
    department = Column("责任部门")
    due_on = Column("完成时限")
    told_on = Column("填报日期", required=False, fill_down=True, note="不填时为报告期最后一天。")
    state = Column("状态")
    percent = Column("完成率（%）", required=False)
    value_done = Column("完成值")
    progress = Column("进展情况")
    problem = Column("存在问题")
    next_step = Column("下步措施")
    evidence = Column("佐证")
    completed_on = Column("完成日期")

    def rules(self) -> tuple[Rule, ...]:
        """What is completed has its day, and should have its evidence."""
        completed = pl.col("state") == TaskState.COMPLETED
        return (
            Rule(
                code="task.without_evidence",
                violation=lambda: completed & is_blank("evidence"),
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
