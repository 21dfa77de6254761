"""Grassroots units, members and volunteers."""

from collections.abc import Iterable

import polars as pl

from redcross.branches.choices import Level
from redcross.indicators.checks.consistency import compare_with_rosters, read_count_rows
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.periods import Period
from redcross.units import Unit
from redcross.uploads.choices import Severity
from redcross.uploads.registry import register
from redcross.uploads.schema.branch_rules import one_row_per_branch
from redcross.uploads.schema.finding_catalogue import FindingCode, register_codes
from redcross.uploads.schema.findings import PlausibilityWarning
from redcross.uploads.schema.import_spec import CellKind, Rule, SheetKind
from redcross.uploads.schema.schedule import Due, Quarterly
from redcross.uploads.schema.sheet import Column, Sheet, UnstoredColumn
from reform.models import (
    GrassrootsUnit,
    NetworkMovement,
)

register_codes(
    FindingCode(
        "network.balance",
        "E654",
        Severity.ERROR,
        "期初、新增、注销与期末不平",
        "期初+新增−注销应等于期末。",
        "请核对四个数。",
    ),
)


@register
class Units(Sheet):
    """基层组织名册：每行一个基层组织。"""

    key = "reform.units"
    title = "基层组织名册"
    model = GrassrootsUnit
    kind = SheetKind.ROSTER
    identity = ("name", "kind")
    due = (Due(Level.COUNTY, Quarterly(day=5)),)

    branch = Column("单位", fill_down=True)
    name = Column("基层组织名称")
    kind_ = Column("类别")
    founded_on = Column("成立日期")
    dissolved_on = Column("注销日期")
    head = Column("负责人")
    members = Column("会员数", required=False)
    remark = Column("备注")


_CHECK_ONLY_NOTE = "仅用于核对，不单独登记。"


def _unit_count_column(word: str, *, indicator: str = "") -> CountedColumn:
    """Return a column that counts grassroots units; the register of units is authoritative."""
    return CountedColumn(
        f"基层组织／{word}", note=_CHECK_ONLY_NOTE, indicator=indicator, has_roster=bool(indicator)
    )


@register
class Network(Sheet):
    """基层组织、会员、志愿者统计表：每行一个单位本期的变动；基层组织以名册为准，此处只核对。"""

    key = "reform.network"
    title = "基层组织、会员、志愿者统计表"
    model = NetworkMovement
    kind = SheetKind.STATISTICS
    exploded_identity = ("month",)
    due = (Due(Level.COUNTY, Quarterly(day=5)), Due(Level.PREFECTURE, Quarterly(day=8)))

    branch = Column("单位")
    units_start = _unit_count_column("期初")
    units_new = _unit_count_column("新增", indicator="reform.grassroots_units_new")
    units_closed = _unit_count_column("注销")
    units_end = _unit_count_column("期末", indicator="reform.grassroots_units")
    townships = _unit_count_column("乡镇")
    villages = _unit_count_column("村社区")
    schools = _unit_count_column("学校")
    medical = _unit_count_column("医疗")
    enterprises = _unit_count_column("企业")
    others = _unit_count_column("其他")
    members_before = Column("会员／期初", required=False)
    adults_new = Column("会员／新增成人", required=False)
    youths_new = Column("会员／新增青少年", required=False)
    members_left = Column("会员／注销", required=False)
    members_after = Column("会员／期末", required=False)
    groups_new = Column("会员／新增团体", required=False)
    volunteers_new = Column("志愿者／新注册", required=False)
    volunteers_left = Column("志愿者／注销", required=False)
    volunteer_hours = Column("志愿者／服务时长（小时）", unit=Unit.HOURS, required=False)
    service_teams = UnstoredColumn("志愿者／服务队", kind=CellKind.INTEGER, note=_CHECK_ONLY_NOTE)

    def rules(self) -> tuple[Rule, ...]:
        """Return the rules that opening count, new and closed give the closing count."""
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
            one_row_per_branch(),
        )

    def plausibility_warnings(
        self, frame: pl.DataFrame, period: Period
    ) -> Iterable[PlausibilityWarning]:
        """Return where counts of grassroots units differ from their register."""
        counted = {
            name: column
            for name, column in self.columns.items()
            if isinstance(column, CountedColumn)
        }
        return compare_with_rosters(counted, read_count_rows(frame, counted), period)

    def explode(self, frame: pl.DataFrame, period: Period) -> pl.DataFrame:
        """Date the row by the last month of the report."""
        return frame.with_columns(month=pl.lit(period.last))

    def derive(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Compute new members and the net changes: new ones less those who left."""

        def count(name: str) -> pl.Expr:
            return pl.col(name).fill_null(0) if name in frame.columns else pl.lit(0)

        unstored = [
            name for name, column in self.columns.items() if isinstance(column, UnstoredColumn)
        ]
        members = count("adults_new") + count("youths_new")
        frame = frame.drop(unstored, strict=False)
        return frame.with_columns(
            members_new=members,
            members_net=members - count("members_left"),
            volunteers_net=count("volunteers_new") - count("volunteers_left"),
        )
