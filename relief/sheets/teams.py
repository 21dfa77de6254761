"""Rescue teams."""

from redcross.branches.choices import Level
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import SheetKind
from redcross.uploads.schema.schedule import Due, Yearly
from redcross.uploads.schema.sheet import Column, Sheet
from relief.models import (
    RescueTeam,
)


@register
class Teams(Sheet):
    """救援队名册：每行一支队伍。"""

    key = "relief.teams"
    title = "救援队名册"
    model = RescueTeam
    kind = SheetKind.ROSTER
    identity = ("name",)
    due = (Due(Level.PREFECTURE, Yearly(day=20)),)

    branch = Column("单位", fill_down=True)
    name = Column("队伍名称")
    team_kind = Column("类别")
    level = Column("级别")
    people = Column("队员人数")
    founded_on = Column("组建日期")
    dissolved_on = Column("撤销日期")
    drilled_on = Column("最近演练日期")
    equipment = Column("主要装备")
