"""Closed lists of indicators."""

from django.db import models


class Kind(models.TextChoices):
    """What sort of figure it is; the sorts are never mixed."""

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
    """Where a figure's value comes from."""

    ROWS = "rows", "明细汇总"
    REPORTED = "reported", "登记数"
    MIXED = "mixed", "明细与登记数"
