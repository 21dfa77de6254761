"""Statistics of first aid as a branch counts them itself."""

from redcross.branches.choices import Level
from redcross.indicators.declare.counted_column import CountedColumn
from redcross.indicators.statistics_sheet import StatisticsSheet, cumulative_rule
from redcross.units import Unit
from redcross.uploads.registry import register
from redcross.uploads.schema.import_spec import Rule
from redcross.uploads.schema.schedule import Due, Quarterly


@register
class Statistics(StatisticsSheet):
    """应急救护培训情况统计表：每行一个单位；与名册、台账核对，不重复计入。"""

    key = "training.statistics"
    title = "应急救护培训情况统计表"
    due = (Due(Level.PREFECTURE, Quarterly(day=8)),)

    classes = CountedColumn("救护员／期数", indicator="training.classes")
    first_aiders = CountedColumn(
        "救护员／人数", indicator="training.first_aiders_trained", has_roster=True
    )
    teachers = CountedColumn("救护员／教师")
    students = CountedColumn("救护员／学生")
    officials = CountedColumn("救护员／公务员")
    workers = CountedColumn("救护员／企业")
    residents = CountedColumn("救护员／社区农村")
    events = CountedColumn("普及／场次", indicator="training.popularisation_events")
    people_times = CountedColumn("普及／人次", indicator="training.popularised_times")
    instructor_classes = CountedColumn("师资／期数")
    instructors = CountedColumn("师资／人数")
    valid = CountedColumn("累计持证", indicator="training.valid_certificates")
    share = CountedColumn("持证率（%）", unit=Unit.PERCENT)
    stations = CountedColumn("救护站", indicator="training.stations")
    aeds_new = CountedColumn("AED／新增")
    aeds = CountedColumn("AED／累计", indicator="training.aeds")

    def rules(self) -> tuple[Rule, ...]:
        """累计 is never less than 本期."""
        return (*super().rules(), cumulative_rule(self, "aeds", "aeds_new"))
