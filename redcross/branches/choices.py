"""Choices of the tree of branches."""

from django.db import models


class Level(models.TextChoices):
    """The level of a branch in the tree."""

    PROVINCE = "PROVINCE", "省级"
    PREFECTURE = "PREFECTURE", "州市级"
    COUNTY = "COUNTY", "县级"
    UNIT = "UNIT", "基层单位"


class AliasKind(models.TextChoices):
    """The kind of another name of a branch."""

    FORMER_NAME = "FORMER_NAME", "曾用名"
    FORMER_CODE = "FORMER_CODE", "曾用代码"
    ABBREVIATION = "ABBREVIATION", "简称"
