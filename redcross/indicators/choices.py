"""Closed lists of indicators."""

from django.db import models


class Kind(models.TextChoices):
    """The kind of a figure: how it is computed over time and branches."""

    FLOW = "FLOW", "当期数"
    STOCK = "STOCK", "时点数"
    CUMULATIVE = "CUMULATIVE", "累计数"
    RATIO = "RATIO", "比率"
    STATED = "STATED", "外部数"
    BRANCHES = "BRANCHES", "单位数"


class FigureScope(models.TextChoices):
    """What a reported figure covers."""

    SUBTREE = "SUBTREE", "全域"
    OWN = "OWN", "本级"


class FigureOrigin(models.TextChoices):
    """The source of a figure's value."""

    ROWS = "rows", "明细汇总"
    REPORTED = "reported", "登记数"
    MIXED = "mixed", "明细与登记数"
