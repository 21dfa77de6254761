"""What leaders ask of reform and organisation."""

from django.db.models import Q

from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import Count, Cumulative, Indicator, Sum, register
from redcross.units import Unit
from reform.choices import Answer
from reform.models import (
    GovernanceFact,
    GrassrootsUnit,
    NetworkMovement,
    Problem,
    TaskProgress,
)


def _measure_indicator(key: str, label: str, item: str, definition: str) -> Indicator:
    return Indicator(
        f"reform.{key}",
        label,
        unit=Unit.PIECES,
        kind=Kind.STOCK,
        source=GovernanceFact,
        measure=Count(),
        date_field="since",
        end_date_fields=["ended_on"],
        where=Q(item=item, answer=Answer.YES),
        definition=f"{definition}由改革进展情况表逐单位汇总，推进中的不计。",
    )


PARTY_LEADER = _measure_indicator(
    "party_leader_in_charge",
    "已明确党委分管领导的单位数",
    "party-leader",
    "截至期末，同级党委已明确领导分管红十字会工作的单位数。",
)
PARTY_GROUP = _measure_indicator(
    "party_group_set", "设立党组的单位数", "party-group", "截至期末，已设立党组的单位数。"
)
INDEPENDENT = _measure_indicator(
    "independent_body",
    "机构单设的单位数",
    "independent-body",
    "截至期末，机构单设、理顺管理体制的单位数。",
)
GOVERNMENT_LEADER = _measure_indicator(
    "government_leader_in_charge",
    "已明确政府分管领导的单位数",
    "government-leader",
    "截至期末，同级政府已明确领导分管红十字会工作的单位数。",
)
COUNCIL = _measure_indicator(
    "council_renewed", "理事会按期换届的单位数", "council", "截至期末，理事会已按期换届的单位数。"
)
SUPERVISORS = _measure_indicator(
    "supervisory_board", "设立监事会的单位数", "supervisors", "截至期末，已设立监事会的单位数。"
)
SERVICE_WINDOWS = _measure_indicator(
    "service_windows",
    "政务大厅红十字服务窗口",
    "service-window",
    "截至期末，在政务大厅设有红十字服务窗口的单位数。",
)
BODY_NATURE = Indicator(
    "reform.body_nature",
    "机构性质",
    unit=Unit.PIECES,
    kind=Kind.STOCK,
    source=GovernanceFact,
    measure=Count(),
    date_field="since",
    end_date_fields=["ended_on"],
    where=Q(item="body-nature"),
    by=["words"],
    definition="截至期末，各单位填报的机构性质。",
)
STAFF_NATURE = Indicator(
    "reform.staff_nature",
    "人员性质",
    unit=Unit.PIECES,
    kind=Kind.STOCK,
    source=GovernanceFact,
    measure=Count(),
    date_field="since",
    end_date_fields=["ended_on"],
    where=Q(item="staff-nature"),
    by=["words"],
    definition="截至期末，各单位填报的人员性质。",
)
KEY_TASKS_COMPLETED = Indicator(
    "reform.key_tasks_completed",
    "已完成的年度重点任务数",
    unit=Unit.ITEMS,
    kind=Kind.FLOW,
    source=TaskProgress,
    measure=Count(),
    date_field="completed_on",
    where=Q(state="COMPLETED"),
    by=["year"],
    definition="报告期内完成的年度重点任务，按完成日期统计，一项只计一次。",
)
KEY_TASKS_ON_TIME = Indicator(
    "reform.key_tasks_on_time",
    "如期完成的年度重点任务数",
    unit=Unit.ITEMS,
    kind=Kind.FLOW,
    source=TaskProgress,
    measure=Count(),
    date_field="completed_on",
    where=Q(state="COMPLETED", on_time=True),
    by=["year"],
    definition="报告期内在完成时限以前完成的年度重点任务。",
)
GRASSROOTS_UNITS = Indicator(
    "reform.grassroots_units",
    "基层组织",
    unit=Unit.PIECES,
    kind=Kind.STOCK,
    source=GrassrootsUnit,
    measure=Count(),
    date_field="founded_on",
    end_date_fields=["dissolved_on"],
    by=["kind"],
    definition="截至期末登记在册、未注销的红十字基层组织。",
)
GRASSROOTS_UNITS_NEW = Indicator(
    "reform.grassroots_units_new",
    "新发展基层组织",
    unit=Unit.PIECES,
    kind=Kind.FLOW,
    source=GrassrootsUnit,
    measure=Count(),
    date_field="founded_on",
    by=["kind"],
    definition="报告期内成立的红十字基层组织，按类别统计。",
)
MEMBERS_NEW = Indicator(
    "reform.members_new",
    "新发展会员",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=NetworkMovement,
    measure=Sum("members_new"),
    date_field="month",
    definition="报告期内新发展的成人与青少年会员；团体会员另计。",
)
_MEMBERS_NET = Indicator(
    "reform.members_net",
    "会员净增",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=NetworkMovement,
    measure=Sum("members_net"),
    date_field="month",
    definition="报告期内新增会员减注销会员。",
)
MEMBERS = Cumulative(
    "reform.members",
    "在册会员",
    base=_MEMBERS_NET,
    definition="登记的期初会员数加此后的净增。",
)
VOLUNTEERS_NEW = Indicator(
    "reform.volunteers_new",
    "新注册志愿者",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=NetworkMovement,
    measure=Sum("volunteers_new"),
    date_field="month",
    definition="报告期内新注册的红十字志愿者。",
)
_VOLUNTEERS_NET = Indicator(
    "reform.volunteers_net",
    "志愿者净增",
    unit=Unit.PEOPLE,
    kind=Kind.FLOW,
    source=NetworkMovement,
    measure=Sum("volunteers_net"),
    date_field="month",
    definition="报告期内新注册志愿者减注销志愿者。",
)
VOLUNTEERS = Cumulative(
    "reform.volunteers",
    "注册志愿者",
    base=_VOLUNTEERS_NET,
    definition="登记的期初志愿者数加此后的净增。",
)
VOLUNTEER_HOURS = Indicator(
    "reform.volunteer_hours",
    "志愿服务时长",
    unit=Unit.HOURS,
    kind=Kind.FLOW,
    source=NetworkMovement,
    measure=Sum("volunteer_hours"),
    date_field="month",
    definition="报告期内记录的志愿服务小时数。",
)
PROBLEMS_FOUND = Indicator(
    "reform.problems_found",
    "调研发现问题",
    unit=Unit.PIECES,
    kind=Kind.FLOW,
    source=Problem,
    measure=Count(),
    date_field="found_on",
    by=["state"],
    definition="报告期内在走访调研中发现并登记的问题。",
)
PROBLEMS_SOLVED = Indicator(
    "reform.problems_solved",
    "已解决问题",
    unit=Unit.PIECES,
    kind=Kind.FLOW,
    source=Problem,
    measure=Count(),
    date_field="solved_on",
    where=Q(state="SOLVED"),
    definition="报告期内解决的问题，按解决日期统计。",
)

register(
    PARTY_LEADER,
    PARTY_GROUP,
    INDEPENDENT,
    GOVERNMENT_LEADER,
    COUNCIL,
    SUPERVISORS,
    SERVICE_WINDOWS,
    BODY_NATURE,
    STAFF_NATURE,
    KEY_TASKS_COMPLETED,
    KEY_TASKS_ON_TIME,
    GRASSROOTS_UNITS,
    GRASSROOTS_UNITS_NEW,
    MEMBERS_NEW,
    _MEMBERS_NET,
    MEMBERS,
    VOLUNTEERS_NEW,
    _VOLUNTEERS_NET,
    VOLUNTEERS,
    VOLUNTEER_HOURS,
    PROBLEMS_FOUND,
    PROBLEMS_SOLVED,
)
