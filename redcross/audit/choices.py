"""Choices of the access log."""

from django.db import models


class Act(models.TextChoices):
    """The kind of an access."""

    VIEW = "VIEW", "查看"
    EXPORT = "EXPORT", "导出"
    CHANGE = "CHANGE", "办理"
    ORIGINAL = "ORIGINAL", "查看原件"
    SIGN_IN = "SIGN_IN", "登录"
    REFUSED = "REFUSED", "被拒绝"
