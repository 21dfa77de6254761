"""Openings of the vault, and each act inside."""

import datetime as dt

from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from donors.choices import (
    VaultActKind,
)
from donors.models.identity import CODE_LENGTH
from redcross.accounts.database.policies import register_append_only
from redcross.accounts.models import User, Visible


class VaultOpening(Visible):
    """That a person opened a branch's vault: why, and until when."""

    user = models.ForeignKey(
        User, verbose_name="打开人", on_delete=models.PROTECT, related_name="+"
    )
    reason = models.CharField("理由", max_length=200)
    emergency = models.BooleanField("紧急打开", default=False)
    opened_at = models.DateTimeField("打开时间")
    until = models.DateTimeField("关闭时间")
    reviewed_by = models.ForeignKey(
        User,
        verbose_name="核查人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    reviewed_at = models.DateTimeField("核查时间", null=True, blank=True)
    review_note = models.CharField("核查结论", max_length=200, blank=True)

    class Meta:
        verbose_name = "身份库打开记录"
        verbose_name_plural = "身份库打开记录"
        constraints = [
            models.CheckConstraint(name="vault_opening_has_a_reason", condition=~Q(reason="")),
            models.CheckConstraint(
                name="vault_opening_is_short",
                condition=Q(until__gte=F("opened_at"))
                & Q(until__lte=F("opened_at") + dt.timedelta(minutes=30)),
            ),
            models.CheckConstraint(
                name="vault_opening_is_reviewed_by_another",
                condition=Q(reviewed_by__isnull=True) | ~Q(reviewed_by=F("user")),
                violation_error_message="核查须由他人进行。",
            ),
        ]
        indexes = [models.Index(name="vault_opening_of", fields=["user", "until"])]

    def __str__(self) -> str:
        return f"{self.branch} {timezone.localtime(self.opened_at):%Y年%-m月%-d日 %H:%M}"


class VaultAct(Visible):
    """What was done inside: which code, when; never a value."""

    Kind = VaultActKind

    opening = models.ForeignKey(
        VaultOpening, verbose_name="打开记录", on_delete=models.PROTECT, related_name="acts"
    )
    kind = models.CharField("动作", max_length=12, choices=VaultActKind)
    code = models.CharField("代码", max_length=CODE_LENGTH, blank=True)
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "身份库动作"
        verbose_name_plural = "身份库动作"
        constraints = [
            models.CheckConstraint(
                name="vault_act_is_known", condition=Q(kind__in=VaultActKind.values)
            ),
        ]
        indexes = [models.Index(name="vault_act_of", fields=["opening", "at"])]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.code}"


register_append_only(VaultAct)
