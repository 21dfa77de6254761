"""Choices of the API."""

from django.db import models


class TokenScope(models.TextChoices):
    """What a token may be used for; never more than its user may do."""

    READ = "read", "读取"
    UPLOAD = "upload", "报送"
    REVIEW = "review", "审核"
