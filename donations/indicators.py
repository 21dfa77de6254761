"""What leaders ask of gifts and fundraising."""

from django.db.models import Q

from donations.choices import CampaignKind, Form, Source
from donations.models import Allocation, CampaignResult, Donation, Equipment, GoodsGiven
from redcross.indicators.choices import Kind
from redcross.indicators.declare.declaration import (
    BRANCHES,
    Branches,
    Count,
    Cumulative,
    Indicator,
    Ratio,
    Stated,
    Sum,
    register,
)
from redcross.units import Unit

RAISED = Indicator(
    "donations.raised",
    "募集款物合计",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=Donation,
    measure=Sum("value"),
    date_field="received_on",
    where=Q(source=Source.SOCIETY),
    by=["form", "fund", "campaign", "giver_kind", "channel", ("form", "designated")],
    definition=(
        "报告期内收到的社会捐赠资金与物资折价之和，按到账日期统计；"
        "不含上级拨入、省外支援和本系统转拨；不标价物资不计金额。"
    ),
)
GIFTS = Indicator(
    "donations.gifts",
    "捐赠笔数",
    unit=Unit.LINES,
    kind=Kind.FLOW,
    source=Donation,
    measure=Count(),
    date_field="received_on",
    where=Q(source=Source.SOCIETY),
    by=["form", "giver_kind"],
    definition="报告期内收到的社会捐赠明细行数，含退款。",
)
UNPRICED = Indicator(
    "donations.unpriced_goods",
    "不标价物资",
    unit=Unit.LINES,
    kind=Kind.FLOW,
    source=Donation,
    measure=Count(),
    date_field="received_on",
    where=Q(source=Source.SOCIETY, form=Form.GOODS, value__isnull=True),
    definition="没有价值证明、未计入金额的物资捐赠行数。",
)
RECEIVED_FOR_EVENT = Indicator(
    "donations.received_for_event",
    "接受救灾款物",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=Donation,
    measure=Sum("value"),
    date_field="received_on",
    where=Q(
        campaign_kind=CampaignKind.APPEAL,
        source__in=[Source.SOCIETY, Source.HIGHER_LEVEL, Source.OTHER_PROVINCE],
    ),
    by=["campaign", "form", "source", ("campaign", "form"), ("campaign", "source")],
    definition=(
        "为灾害事件收到的全部款物：社会捐赠、上级拨入、省外支援；"
        "本系统转拨不重复计算。其中只有社会捐赠计入募集。"
    ),
)
CAMPAIGN_RAISED = Indicator(
    "donations.campaign_raised",
    "公益日筹款金额",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=CampaignResult,
    measure=Sum("value"),
    date_field="closed_on",
    by=["campaign"],
    definition="活动口径：平台截止时统计的公众捐款、配捐与线下之和，不与当期到账相加。",
)
CAMPAIGN_GIFT_TIMES = Indicator(
    "donations.campaign_gift_times",
    "公益日捐款人次",
    unit=Unit.PEOPLE_TIMES,
    kind=Kind.FLOW,
    source=CampaignResult,
    measure=Sum("gift_times"),
    date_field="closed_on",
    by=["campaign"],
    definition="活动期间平台统计的捐款人次。",
)
NATIONAL_RANK = Stated(
    "donations.national_rank",
    "公益日筹款全国红十字会系统位次",
    unit=Unit.PLACE,
    source=CampaignResult,
    by=["campaign"],
    definition="总会公布的位次，由省级登记并注明来源。",
)

EQUIPMENT = Indicator(
    "donations.equipment",
    "在册捐赠医疗设备",
    unit=Unit.DEVICES,
    kind=Kind.STOCK,
    source=Equipment,
    measure=Count(),
    date_field="accepted_on",
    end_date_fields=["scrapped_on"],
    by=["state"],
    definition="截至期末，已验收而未报废的捐赠医疗设备台数。",
)

RAISED_TOTAL = Cumulative("donations.raised_total", "累计募集款物", base=RAISED)
ALLOCATED = Indicator(
    "donations.allocated",
    "拨付资金",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=Allocation,
    measure=Sum("value"),
    date_field="allocated_on",
    by=["fund"],
    definition="报告期内从各基金拨出的资金，按拨付日期统计。",
)
ALLOCATED_TOTAL = Cumulative("donations.allocated_total", "累计拨付资金", base=ALLOCATED)
USED = Indicator(
    "donations.used",
    "已使用资金",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=Allocation,
    measure=Sum("used_value"),
    date_field="allocated_on",
    by=["fund"],
    definition="报告期内拨付的资金中，接收单位已使用的金额。",
)
GOODS_GIVEN = Indicator(
    "donations.goods_given",
    "发放物资折价",
    unit=Unit.YUAN,
    kind=Kind.FLOW,
    source=GoodsGiven,
    measure=Sum("value"),
    date_field="given_on",
    by=["campaign"],
    definition="报告期内发出的捐赠物资折价，不标价的不计金额。",
)
BRANCHES_RAISED = Branches(
    "donations.branches_raised",
    "募集到款物的单位",
    base=RAISED,
    definition="报告期内自身募集到社会捐赠款物的各级红十字会个数（三级红十字会全员筹资）。",
)
BRANCHES_RAISED_SHARE = Ratio(
    "donations.branches_raised_share",
    "募集到款物的单位占比",
    numerator=BRANCHES_RAISED,
    denominator=BRANCHES,
)

register(
    ALLOCATED,
    ALLOCATED_TOTAL,
    BRANCHES_RAISED,
    BRANCHES_RAISED_SHARE,
    GOODS_GIVEN,
    RAISED_TOTAL,
    USED,
    EQUIPMENT,
    RAISED,
    GIFTS,
    UNPRICED,
    RECEIVED_FOR_EVENT,
    CAMPAIGN_RAISED,
    CAMPAIGN_GIFT_TIMES,
    NATIONAL_RANK,
)
