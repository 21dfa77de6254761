"""Closed lists of humanitarian aid and disaster response."""

from django.db import models


class FundingSource(models.TextChoices):
    """Where the money of a project, a grant or a distribution comes from."""

    LOTTERY = "LOTTERY", "中央专项彩票公益金"
    BUDGET = "BUDGET", "财政"
    NATIONAL = "NATIONAL", "总会拨款"
    PROVINCE = "PROVINCE", "省会拨款"
    DONATION = "DONATION", "捐赠"
    OWN = "OWN", "自筹"


class ProjectState(models.TextChoices):
    """Where a project stands."""

    PREPARING = "PREPARING", "筹备"
    RUNNING = "RUNNING", "实施中"
    COMPLETED = "COMPLETED", "已完成"
    STOPPED = "STOPPED", "终止"


class Form(models.TextChoices):
    """Money, or goods at their value."""

    MONEY = "MONEY", "资金"
    GOODS = "GOODS", "物资"


class Hardship(models.TextChoices):
    """Why a household is helped."""

    DISASTER = "DISASTER", "因灾致困"
    LOW_INCOME = "LOW_INCOME", "低保及低保边缘"
    DESTITUTE = "DESTITUTE", "特困供养"
    ELDERLY = "ELDERLY", "独居老人"
    DONOR_FAMILY = "DONOR_FAMILY", "献血者及捐献者家庭"
    SICK_CHILD = "SICK_CHILD", "大病患儿家庭"
    VETERAN = "VETERAN", "军烈属"
    VOLUNTEER = "VOLUNTEER", "困难会员志愿者"
    OTHER = "OTHER", "其他"


class Disease(models.TextChoices):
    """What a child or patient suffers from."""

    LEUKAEMIA = "LEUKAEMIA", "白血病"
    HEART = "HEART", "先心病"
    OTHER = "OTHER", "其他大病"
    NONE = "NONE", "非医疗"


class AidFund(models.TextChoices):
    """The two funds of the angel plan."""

    LITTLE_ANGEL = "LITTLE_ANGEL", "小天使基金"
    SUNSHINE = "SUNSHINE", "天使阳光基金"


class DispatchForm(models.TextChoices):
    """How people were sent."""

    TEAM = "TEAM", "派出工作队"
    FORCE = "FORCE", "投入应急救援力量"


class ResponseLevel(models.TextChoices):
    """The level of response to an event."""

    ONE = "ONE", "一级"
    TWO = "TWO", "二级"
    THREE = "THREE", "三级"
    FOUR = "FOUR", "四级"
    ENDED = "ENDED", "终止响应"


class MovementKind(models.TextChoices):
    """What happens to goods in a store."""

    IN = "IN", "入库"
    OUT = "OUT", "出库"
    TRANSFER_IN = "TRANSFER_IN", "调入"
    TRANSFER_OUT = "TRANSFER_OUT", "调出"
    SURPLUS = "SURPLUS", "盘盈"
    LOSS = "LOSS", "盘亏"
    DIRECT = "DIRECT", "应急直转"


class Origin(models.TextChoices):
    """Where goods of a store come from (上海市红十字会救灾物资管理规程 art. 2)."""

    PURCHASE = "PURCHASE", "采购"
    DONATION = "DONATION", "捐赠"
    TRANSFER = "TRANSFER", "调拨"
    HANDOVER = "HANDOVER", "转交"


class TeamKind(models.TextChoices):
    """The seven kinds of rescue teams."""

    RELIEF = "RELIEF", "赈济"
    MEDICAL = "MEDICAL", "医疗"
    WATER = "WATER", "供水"
    HEALTH = "HEALTH", "大众卫生"
    PSYCHOLOGY = "PSYCHOLOGY", "心理"
    SEARCH = "SEARCH", "搜救"
    WATER_RESCUE = "WATER_RESCUE", "水上救生"


class TeamLevel(models.TextChoices):
    """Who a rescue team belongs to."""

    NATIONAL = "NATIONAL", "国家级"
    PROVINCE = "PROVINCE", "省级"
    PREFECTURE = "PREFECTURE", "州市级"
    COUNTY = "COUNTY", "县级"
