"""What leaders ask of aid and disaster response."""

from django.db.models import Q

from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import (
    POPULATION,
    Count,
    Cumulative,
    Indicator,
    Ratio,
    Sum,
    register,
)
from redcross.units import Unit
from relief.choices import DispatchForm
from relief.models import (
    AidApplication,
    AidGrant,
    Dispatch,
    Distribution,
    EditionResource,
    Engagement,
    Project,
    RescueTeam,
    StockMovement,
)

PROJECTS_IMPLEMENTED = Indicator(
    "relief.projects_implemented",
    "实施项目数",
    unit=Unit.PIECES,
    kind=Kind.FLOW,
    source=Project,
    measure=Count(),
    date_field="month",
    where=~Q(state="PREPARING"),
    by=["programme", "funding_source", "state"],
    definition="报告年度内实施的救助项目，含往年开工、本年仍在实施的；筹备中的不计。",
)
SPECIAL_FUNDS_SECURED = Indicator(
    "relief.special_funds_secured",
    "争取专项资金",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=Project,
    measure=Sum("secured"),
    date_field="month",
    by=["programme", "funding_source"],
    definition="救助项目在报告年度到位的资金。",
)
SPENT = Indicator(
    "relief.spent",
    "项目支出",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=Project,
    measure=Sum("spent"),
    date_field="month",
    by=["programme", "funding_source"],
    definition="救助项目在报告年度的支出。",
)
PROGRAMME_RESOURCES = Indicator(
    "relief.programme_resources",
    "活动筹集款物",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=EditionResource,
    measure=Sum("value"),
    date_field="mobilised_on",
    by=["edition", "funding_source", "form", ("edition", "funding_source")],
    definition="一届活动从各种来源筹集的资金与物资，与募集款物分别统计，不相加。",
)
BENEFICIARY_TIMES = Indicator(
    "relief.beneficiary_times",
    "受益人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=Distribution,
    measure=Sum("beneficiary_times"),
    date_field="given_on",
    by=["edition", "hardship"],
    definition="慰问发放的受益人次：花名册按家庭人口计，汇总表按所填人次计。",
)
HOUSEHOLDS = Indicator(
    "relief.households",
    "慰问户数",
    unit=Unit.HOUSEHOLDS,
    kind=Kind.FLOW,
    source=Distribution,
    measure=Sum("households"),
    date_field="given_on",
    by=["edition"],
    definition="慰问发放的户数。",
)
AIDED_TIMES = Indicator(
    "relief.aided_times",
    "救助人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=AidGrant,
    measure=Sum("people_times"),
    date_field="given_on",
    by=["programme", "disease"],
    definition="救助发放台账的人次，含助学与医疗救助。",
)
MEDICAL_AID_TIMES = Indicator(
    "relief.medical_aid_times",
    "医疗救助人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=AidGrant,
    measure=Sum("people_times"),
    date_field="given_on",
    where=Q(medical=True),
    by=["programme", "disease"],
    definition="对先心病患儿、白血病患儿和大病患者救助的人次；助学等不计。",
)
AID_VALUE = Indicator(
    "relief.aid_value",
    "救助金额",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=AidGrant,
    measure=Sum("value"),
    date_field="given_on",
    by=["programme", "funding_source"],
    definition="救助发放台账的金额。",
)
AID_PER_HEAD = Ratio(
    "relief.aid_per_head",
    "人均救助金额",
    numerator=AID_VALUE,
    denominator=POPULATION,
    unit=Unit.YUAN,
    definition="救助金额÷常住人口。",
)
APPLICATIONS = Indicator(
    "relief.applications",
    "天使计划申请",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=AidApplication,
    measure=Count(),
    date_field="applied_on",
    by=["aid_fund", "disease"],
    sensitive=True,
    definition="报告期内收到的红十字天使计划救助申请。",
)
RESPONDER_TIMES = Indicator(
    "relief.responder_times",
    "投入应急救援力量人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=Dispatch,
    measure=Sum("people_times"),
    date_field="dispatched_on",
    where=Q(form=DispatchForm.FORCE),
    by=["event"],
    definition="为灾害事件投入的应急救援力量，按人次统计。",
)
TEAMS_DISPATCHED = Indicator(
    "relief.teams_dispatched",
    "派出援助工作队批次",
    unit=Unit.BATCHES,
    kind=Kind.FLOW,
    source=Dispatch,
    measure=Sum("batches"),
    date_field="dispatched_on",
    where=Q(form=DispatchForm.TEAM),
    by=["event"],
    definition="派出援助工作队的批次；批次、人次与人数分别统计。",
)
DISPATCHED_TIMES = Indicator(
    "relief.dispatched_times",
    "派出援助工作队人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=Dispatch,
    measure=Sum("people_times"),
    date_field="dispatched_on",
    where=Q(form=DispatchForm.TEAM),
    by=["event"],
    definition="派出援助工作队的人次。",
)
VOLUNTEERS_ENGAGED = Indicator(
    "relief.volunteers_engaged",
    "参与应急的志愿者",
    unit=Unit.PERSONS,
    kind=Kind.FLOW,
    source=Engagement,
    measure=Sum("volunteers"),
    date_field="engaged_on",
    by=["event"],
    definition="为一个事件组织的志愿者人数，每个单位每个事件只统计一次，不按月相加。",
)
STOCK_VALUE_CHANGE = Indicator(
    "relief.stock_value_change",
    "库存金额变动",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=StockMovement,
    measure=Sum("value_change"),
    date_field="moved_on",
    by=["item"],
    definition="报告期内入库减出库的金额；应急直转不经过库存。",
)
STOCK_VALUE = Cumulative(
    "relief.stock_value",
    "库存物资价值",
    base=STOCK_VALUE_CHANGE,
    definition="登记的期初库存价值加此后的变动。",
)
GOODS_SENT = Indicator(
    "relief.goods_sent",
    "调拨物资价值",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=StockMovement,
    measure=Sum("value"),
    date_field="moved_on",
    where=Q(movement__in=["OUT", "DIRECT"]),
    by=["event", "item"],
    definition="出库和应急直转的物资价值；本系统调拨不重复计算。",
)
TEAMS = Indicator(
    "relief.teams",
    "救援队",
    unit=Unit.TEAMS,
    kind=Kind.STOCK,
    source=RescueTeam,
    measure=Count(),
    date_field="founded_on",
    end_date_fields=["dissolved_on"],
    by=["team_kind", "level"],
    definition="截至期末在册的红十字救援队。",
)
TEAM_PEOPLE = Indicator(
    "relief.team_people",
    "救援队员",
    unit=Unit.PEOPLE,
    kind=Kind.STOCK,
    source=RescueTeam,
    measure=Sum("people"),
    date_field="founded_on",
    end_date_fields=["dissolved_on"],
    by=["team_kind"],
    definition="截至期末在册救援队的队员人数。",
)

register(
    PROJECTS_IMPLEMENTED,
    SPECIAL_FUNDS_SECURED,
    SPENT,
    PROGRAMME_RESOURCES,
    BENEFICIARY_TIMES,
    HOUSEHOLDS,
    AIDED_TIMES,
    MEDICAL_AID_TIMES,
    AID_VALUE,
    AID_PER_HEAD,
    APPLICATIONS,
    RESPONDER_TIMES,
    TEAMS_DISPATCHED,
    DISPATCHED_TIMES,
    VOLUNTEERS_ENGAGED,
    STOCK_VALUE_CHANGE,
    STOCK_VALUE,
    GOODS_SENT,
    TEAMS,
    TEAM_PEOPLE,
)
