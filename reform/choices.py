"""Closed lists of reform and organisation."""

from django.db import models


class Answer(models.TextChoices):
    """How far a reform measure has come at a branch."""

    YES = "YES", "是"
    IN_PROGRESS = "IN_PROGRESS", "推进中"
    NO = "NO", "否"


class ItemKind(models.TextChoices):
    """What is told of a governance item."""

    MEASURE = "MEASURE", "是否完成"
    WORDS = "WORDS", "文字"
    NUMBER = "NUMBER", "数值"


class TaskState(models.TextChoices):
    """Where a key task stands, as its owner says."""

    NOT_STARTED = "NOT_STARTED", "未启动"
    IN_PROGRESS = "IN_PROGRESS", "推进中"
    COMPLETED = "COMPLETED", "已完成"
    BEHIND = "BEHIND", "滞后"


class Light(models.TextChoices):
    """What the rule makes of a task's progress; never shown by colour alone."""

    GREEN = "GREEN", "正常"
    YELLOW = "YELLOW", "预警"
    RED = "RED", "滞后"
    DONE = "DONE", "已完成"


class UnitKind(models.TextChoices):
    """Where a grass-roots unit is set up."""

    TOWNSHIP = "TOWNSHIP", "乡镇"
    VILLAGE = "VILLAGE", "村社区"
    SCHOOL = "SCHOOL", "学校"
    MEDICAL = "MEDICAL", "医疗"
    ENTERPRISE = "ENTERPRISE", "企业"
    GOVERNMENT = "GOVERNMENT", "机关"
    OTHER = "OTHER", "其他"


class ActivityKind(models.TextChoices):
    """What an entry of the activity register is."""

    COMMEMORATION = "COMMEMORATION", "纪念活动"
    TRAINING = "TRAINING", "业务培训"
    FORUM = "FORUM", "座谈会"
    SURVEY = "SURVEY", "调研"
    PUBLICITY = "PUBLICITY", "宣传活动"
    OTHER = "OTHER", "其他"


class DocumentLevel(models.TextChoices):
    """Who issued a document."""

    NATIONAL = "NATIONAL", "国家"
    PROVINCE = "PROVINCE", "省级"
    PREFECTURE = "PREFECTURE", "州市"
    COUNTY = "COUNTY", "县级"


class ProblemState(models.TextChoices):
    """How far a problem found on the ground is solved."""

    OPEN = "OPEN", "待解决"
    IN_PROGRESS = "IN_PROGRESS", "正在解决"
    SOLVED = "SOLVED", "已解决"


class Method(models.TextChoices):
    """The way of working a good example stands for."""

    PROJECT = "PROJECT", "项目工作法"
    FRONT_LINE = "FRONT_LINE", "一线工作法"
    EXAMPLE = "EXAMPLE", "典型引路法"
    OTHER = "OTHER", "其他"
