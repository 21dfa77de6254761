"""Leaders who keep contact with a branch, their visits and the problems they meet."""

import polars as pl

from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.expressions import is_blank
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.sheet import Column, Sheet
from reform.models import (
    Liaison,
    Problem,
    Visit,
)

register_codes(
    FindingCode(
        "problem.solved",
        "E653",
        Severity.ERROR,
        "解决情况不完整",
        "已解决的问题须填解决日期和结果。",
        "请补填，或改正状态。",
    ),
)


@register
class Liaisons(Sheet):
    """领导挂钩联系表：每行一位领导联系的一个单位。"""

    key = "reform.liaisons"
    title = "领导挂钩联系表"
    model = Liaison
    identity = ("leader", "since")

    branch = Column("联系单位", fill_down=True)
    leader = Column("联系领导")
    post = Column("职务")
    since = Column("起始日期")
    ended_on = Column("截止日期")


@register
class Visits(Sheet):
    """走访调研记录：每行一次走访。"""

    key = "reform.visits"
    title = "走访调研记录"
    model = Visit
    dated_by = "visited_on"

    branch = Column("走访单位", fill_down=True)
    leader = Column("走访领导")
    visited_on = Column("走访日期")
    place = Column("地点")
    work = Column("工作内容")


@register
class Problems(Sheet):
    """调研问题清单：每行一个问题，含责任单位与解决情况。"""

    key = "reform.problems"
    title = "调研问题清单"
    model = Problem
    identity = ("found_on", "content")

    branch = Column("涉及单位", fill_down=True)
    found_on = Column("发现日期")
    found_in = Column("来源")
    content = Column("问题")
    owner = Column("责任单位")
    due_on = Column("解决时限")
    state = Column("状态")
    solution = Column("解决措施与结果")
    solved_on = Column("解决日期")

    def rules(self) -> tuple[Rule, ...]:
        """What is solved says when and how."""
        return (
            Rule(
                code="problem.solved",
                violation=lambda: (
                    (pl.col("state") == "SOLVED")
                    & (pl.col("solved_on").is_null() | is_blank("solution"))
                ),
                needs=("state",),
                message="已解决的问题没有解决日期或结果",
                suggestion="请补填解决日期与结果。",
            ),
        )
