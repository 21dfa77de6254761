"""Closed lists of first aid."""

from django.db import models


class Course(models.TextChoices):
    """What is taught with an examination at the end."""

    FIRST_AIDER = "FIRST_AIDER", "救护员"
    RENEWAL = "RENEWAL", "复训"
    CPR_AED = "CPR_AED", "CPR+AED"
    INSTRUCTOR = "INSTRUCTOR", "师资"


class Audience(models.TextChoices):
    """Whom a class or an event is held for."""

    GOVERNMENT = "GOVERNMENT", "机关"
    SCHOOL = "SCHOOL", "学校"
    ENTERPRISE = "ENTERPRISE", "企业"
    COMMUNITY = "COMMUNITY", "社区"
    RURAL = "RURAL", "农村"
    OTHER = "OTHER", "其他"


class Result(models.TextChoices):
    """How an examination ended."""

    PASSED = "PASSED", "合格"
    FAILED = "FAILED", "不合格"
    ABSENT = "ABSENT", "缺考"


class InstructorLevel(models.TextChoices):
    """Who appointed an instructor."""

    NATIONAL = "NATIONAL", "国家级"
    PROVINCE = "PROVINCE", "省级"
    PREFECTURE = "PREFECTURE", "州市级"


class SiteKind(models.TextChoices):
    """Where a first-aid station stands."""

    SCHOOL = "SCHOOL", "学校"
    COMMUNITY = "COMMUNITY", "社区"
    SCENIC = "SCENIC", "景区"
    TRANSPORT = "TRANSPORT", "交通枢纽"
    OTHER = "OTHER", "其他"


class Condition(models.TextChoices):
    """What an inspection found."""

    GOOD = "GOOD", "正常"
    TO_MEND = "TO_MEND", "需维护"
    OUT_OF_ORDER = "OUT_OF_ORDER", "停用"
