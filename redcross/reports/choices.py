"""Closed lists of reports."""

from django.db import models


class ReportState(models.TextChoices):
    """The life of a report."""

    DRAFT = "DRAFT", "编辑中"
    FINAL = "FINAL", "已定稿"
    ISSUED = "ISSUED", "已发布"
