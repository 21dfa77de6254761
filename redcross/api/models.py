"""Tokens with which programs act for a user, for a limited time and scope."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Iterable
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from redcross.accounts.credentials import register_credential
from redcross.accounts.models import User
from redcross.api.choices import TokenScope

PREFIX = "rc_"


class ApiTokenQuerySet(models.QuerySet["ApiToken"]):
    """Tokens by their validity."""

    def on(self, day: dt.date) -> Self:
        """Keep the tokens that are valid on a day."""
        return self.filter(revoked_at__isnull=True, ends_on__gte=day, user__is_active=True)


class ApiToken(models.Model):
    """A token, stored as a digest; the secret is shown once, when it is created."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="用户",
        on_delete=models.CASCADE,
        related_name="api_tokens",
    )
    name = models.CharField("用途", max_length=60)
    digest = models.CharField("指纹", max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=10, choices=TokenScope), verbose_name="权限")
    created_on = models.DateField("创建日期")
    ends_on = models.DateField("有效期至")
    last_used_on = models.DateField("最近使用", null=True, blank=True)
    revoked_at = models.DateTimeField("停用时间", null=True, blank=True)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = "接口令牌"
        verbose_name_plural = "接口令牌"
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(
                name="token_ends_after_it_begins",
                condition=Q(ends_on__gte=F("created_on")),
                violation_error_message="有效期不能早于创建日期。",
            ),
            models.CheckConstraint(
                name="token_scopes_are_known",
                condition=Q(scopes__contained_by=TokenScope.values) & ~Q(scopes=[]),
                violation_error_message="令牌至少要有一项权限。",
            ),
        ]

    def __str__(self) -> str:
        return self.name


def token_digest(secret: str) -> str:
    """Return the digest under which a secret is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()


def create_token(
    user: User, *, name: str, scopes: Iterable[str], ends_on: dt.date, today: dt.date
) -> tuple[ApiToken, str]:
    """Create a token; return it with its secret, which cannot be read again."""
    secret = PREFIX + secrets.token_urlsafe(32)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        digest=token_digest(secret),
        scopes=sorted(set(scopes)),
        created_on=today,
        ends_on=ends_on,
    )
    return token, secret


@register_credential
def revoke_tokens(user: User, *, now: dt.datetime) -> int:
    """Stop every token of a person; return how many there were."""
    return ApiToken.objects.filter(user=user, revoked_at__isnull=True).update(revoked_at=now)
