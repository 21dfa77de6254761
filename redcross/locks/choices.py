"""Choices of period locks."""

from django.db import models


class UnlockAnswer(models.TextChoices):
    """The state of a request to open locked months."""

    WAITING = "WAITING", "待答复"
    GRANTED = "GRANTED", "已同意"
    REFUSED = "REFUSED", "未同意"
