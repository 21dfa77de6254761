"""Closed lists of gifts and fundraising."""

from django.db import models


class Form(models.TextChoices):
    """Money, or goods."""

    MONEY = "MONEY", "资金"
    GOODS = "GOODS", "物资"


class Source(models.TextChoices):
    """Where what was received came from; only gifts of society count as raised."""

    SOCIETY = "SOCIETY", "社会捐赠"
    HIGHER_LEVEL = "HIGHER_LEVEL", "上级拨入"
    OTHER_PROVINCE = "OTHER_PROVINCE", "省外支援"
    INTERNAL = "INTERNAL", "本系统转拨"


class GiverKind(models.TextChoices):
    """Who gives."""

    PERSON = "PERSON", "个人"
    ORGANISATION = "ORGANISATION", "单位"
    ANONYMOUS = "ANONYMOUS", "匿名"


class Channel(models.TextChoices):
    """How a gift came in."""

    BANK = "BANK", "银行"
    CASH = "CASH", "现金"
    WECHAT = "WECHAT", "微信"
    ALIPAY = "ALIPAY", "支付宝"
    UNIONPAY = "UNIONPAY", "云闪付"
    POS = "POS", "POS"
    QR_CODE = "QR_CODE", "二维码"
    PLATFORM = "PLATFORM", "网络平台"
    OTHER = "OTHER", "其他"


class Valuation(models.TextChoices):
    """What the money value of goods rests on."""

    INVOICE = "INVOICE", "发票"
    AGREEMENT = "AGREEMENT", "协议"
    MARKET = "MARKET", "市场价"
    APPRAISAL = "APPRAISAL", "评估"
    UNPRICED = "UNPRICED", "不标价"


class CampaignKind(models.TextChoices):
    """What brings gifts together for a time."""

    DAY_99 = "DAY_99", "99公益日"
    DAY_58 = "DAY_58", "5·8人道公益日"
    APPEAL = "APPEAL", "灾害募捐"
    PROJECT = "PROJECT", "项目筹资"


class FundKind(models.TextChoices):
    """What a fund is for."""

    BRAND = "BRAND", "品牌项目"
    PURPOSE = "PURPOSE", "专项基金"
    GENERAL = "GENERAL", "非定向"


class EquipmentState(models.TextChoices):
    """Where donated medical equipment stands."""

    ACCEPTED = "ACCEPTED", "已验收"
    IN_USE = "IN_USE", "使用中"
    IDLE = "IDLE", "闲置"
    BROKEN = "BROKEN", "待修"
    SCRAPPED = "SCRAPPED", "报废"


class ProjectState(models.TextChoices):
    """Where a fundraising project of the library stands."""

    PLANNED = "PLANNED", "待启动"
    RAISING = "RAISING", "筹款中"
    REACHED = "REACHED", "已筹满"
    CLOSED = "CLOSED", "已结束"


class DisclosureContent(models.TextChoices):
    """What of a campaign is made public."""

    PLAN = "PLAN", "募捐方案"
    PROGRESS = "PROGRESS", "募捐进展"
    FINAL = "FINAL", "募捐结果"


class TakingBasis(models.TextChoices):
    """What a day's count of gifts is: by channel, as found, or as made public."""

    RECEIVED = "RECEIVED", "收到细目"
    COUNTED = "COUNTED", "实际数额"
    PUBLISHED = "PUBLISHED", "公示内容"


class TakingChannel(models.TextChoices):
    """How the gifts of a day came in, as offices keep their tills."""

    WECHAT_POS = "WECHAT_POS", "微信二维码及POS机"
    WECHAT = "WECHAT", "微信"
    POS = "POS", "POS机"
    CASH = "CASH", "现金"
    BANK = "BANK", "银行"
    ALIPAY = "ALIPAY", "支付宝"
    UNIONPAY = "UNIONPAY", "云闪付"
    PLATFORM = "PLATFORM", "网络平台"
    OTHER_BANK = "OTHER_BANK", "其他银行"
    OTHER = "OTHER", "其他"
