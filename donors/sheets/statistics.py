"""Statistics of stem cells and organs as a branch counts them itself."""

from redcross.branches.choices import Level
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.statistics_sheet import StatisticsSheet, cumulative_rule
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.schedule import Due, Quarterly


@register
class StemCellStatistics(StatisticsSheet):
    """造血干细胞工作统计表：与登记名册核对，不重复计入。"""

    key = "donors.stem_cell_statistics"
    title = "造血干细胞工作统计表"
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    planned = CountedColumn("入库／任务数")
    stored = CountedColumn("入库／完成数", indicator="donors.stem_cell_stored", has_roster=True)
    stored_share = CountedColumn("入库／完成率（%）", unit=Unit.PERCENT)
    reconfirmed = CountedColumn(
        "再动员", indicator="donors.stem_cell_steps", breakdown="step", category="RECONFIRMATION"
    )
    high_resolution = CountedColumn(
        "高分辨", indicator="donors.stem_cell_steps", breakdown="step", category="HIGH_RESOLUTION"
    )
    examined = CountedColumn(
        "体检", indicator="donors.stem_cell_steps", breakdown="step", category="EXAMINATION"
    )
    publicity = CountedColumn("宣传场次")
    teams = CountedColumn("志愿者服务队")
    donated = CountedColumn("捐献／本年", indicator="donors.stem_cell_donations", has_roster=True)
    donated_total = CountedColumn(
        "捐献／累计", indicator="donors.stem_cell_donations_total", adds="donated"
    )

    def rules(self) -> tuple[Rule, ...]:
        """累计 is never less than 本年."""
        return (*super().rules(), cumulative_rule(self, "donated_total", "donated"))


@register
class OrganStatistics(StatisticsSheet):
    """遗体器官捐献统计表：与案例登记核对，不重复计入。"""

    key = "donors.organ_statistics"
    title = "遗体器官捐献统计表"
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    wishes = CountedColumn("志愿登记／本年", indicator="donors.organ_wishes", has_roster=True)
    wishes_total = CountedColumn(
        "志愿登记／累计", indicator="donors.organ_wishes_total", adds="wishes"
    )
    donations = CountedColumn("器官捐献／例数", indicator="donors.organ_donations", has_roster=True)
    hearts = CountedColumn("器官捐献／心", indicator="donors.hearts")
    lungs = CountedColumn("器官捐献／肺", indicator="donors.lungs")
    livers = CountedColumn("器官捐献／肝", indicator="donors.livers")
    kidneys = CountedColumn("器官捐献／肾", indicator="donors.kidneys")
    pancreases = CountedColumn("器官捐献／胰")
    intestines = CountedColumn("器官捐献／小肠")
    cornea_donations = CountedColumn("角膜／例")
    corneas = CountedColumn("角膜／枚", indicator="donors.corneas")
    bodies = CountedColumn("遗体（例）", indicator="donors.bodies")
    recipients = CountedColumn("受益人数", indicator="donors.organ_recipients")
    coordinators_full_time = CountedColumn("协调员／专职")
    coordinators_part_time = CountedColumn("协调员／兼职")
    consoled = CountedColumn("慰问救助／人次")
    consoled_value = CountedColumn("慰问救助／金额（元）", unit=Unit.YUAN)

    def rules(self) -> tuple[Rule, ...]:
        """累计 is never less than 本年."""
        return (*super().rules(), cumulative_rule(self, "wishes_total", "wishes"))
