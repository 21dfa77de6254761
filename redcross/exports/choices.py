"""Choices of exports."""

from django.db import models


class ExportState(models.TextChoices):
    """The state of an export."""

    WAITING = "WAITING", "正在生成"
    READY = "READY", "可以下载"
    FAILED = "FAILED", "未能生成"
    EXPIRED = "EXPIRED", "已过期"
