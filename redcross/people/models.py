"""Accounts requested by a workbook, and account actions that must be confirmed."""

import datetime as dt
from typing import Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from redcross.accounts.choices import Domain, Role
from redcross.branches.models import Branch
from redcross.people.choices import ActionVerb, RequestState
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class AccountRequest(Record):
    """A requested account with one role at one branch."""

    username = models.CharField("登录名", max_length=60)
    display_name = models.CharField("姓名", max_length=40)
    role = models.CharField("角色", max_length=20, choices=Role)
    domain = models.CharField("业务", max_length=20, choices=Domain, blank=True)
    office_phone = models.CharField("办公电话", max_length=40, blank=True)
    email = models.CharField("电子邮箱", max_length=120, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)

    class Meta(Record.Meta):
        verbose_name = "账户申请"
        verbose_name_plural = "账户申请"
        constraints = [
            *Record.Meta.constraints,
            models.CheckConstraint(
                name="account_request_role_is_known", condition=Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="account_request_domain_is_known",
                condition=Q(domain="") | Q(domain__in=Domain.values),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.display_name}（{self.username}）"


class AccountActionRequestQuerySet(models.QuerySet["AccountActionRequest"]):
    """Requests by their state."""

    def waiting(self, now: dt.datetime) -> Self:
        """Keep the requests that can still be confirmed."""
        return self.filter(
            state=RequestState.WAITING, asked_at__gt=now - AccountActionRequest.CONFIRMED_WITHIN
        )

    def overdue(self, now: dt.datetime) -> Self:
        """Keep the waiting requests that are too old to be confirmed."""
        return self.filter(
            state=RequestState.WAITING, asked_at__lte=now - AccountActionRequest.CONFIRMED_WITHIN
        )


class AccountActionRequest(models.Model):
    """An account action requested by one administrator, to be confirmed by a second one."""

    CONFIRMED_WITHIN = dt.timedelta(days=7)

    verb = models.CharField("事项", max_length=20, choices=ActionVerb)
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="当事人", on_delete=models.PROTECT, related_name="+"
    )
    receiver = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="接手人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    role = models.CharField("角色", max_length=20, choices=Role, blank=True)
    branch = models.ForeignKey(
        Branch,
        verbose_name="机构",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    domain = models.CharField("业务", max_length=20, choices=Domain, blank=True)
    sheets = ArrayField(models.CharField(max_length=60), verbose_name="报表", default=list)
    starts_on = models.DateField("起", null=True, blank=True)
    ends_on = models.DateField("止", null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name="提出人", on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField("提出时间")
    state = models.CharField(
        "状态", max_length=10, choices=RequestState, default=RequestState.WAITING
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="确认人",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
    )
    decided_at = models.DateTimeField("确认时间", null=True, blank=True)

    objects = AccountActionRequestQuerySet.as_manager()

    class Meta:
        db_table = "people_disposalrequest"
        verbose_name = "待确认事项"
        verbose_name_plural = "待确认事项"
        constraints = [
            models.CheckConstraint(
                name="disposal_verb_is_known", condition=Q(verb__in=ActionVerb.values)
            ),
            models.CheckConstraint(
                name="disposal_state_is_known", condition=Q(state__in=RequestState.values)
            ),
            models.CheckConstraint(
                name="disposal_role_is_known", condition=Q(role="") | Q(role__in=Role.values)
            ),
            models.CheckConstraint(
                name="disposal_domain_is_known",
                condition=Q(domain="") | Q(domain__in=Domain.values),
            ),
            models.CheckConstraint(
                name="disposal_is_never_of_oneself",
                condition=~Q(asked_by=F("person")) & ~Q(asked_by=F("receiver")),
                violation_error_message="不能办理自己的账户，也不能由自己接手。",
            ),
            models.CheckConstraint(
                name="disposal_is_confirmed_by_another",
                condition=~Q(state=RequestState.CONFIRMED)
                | Q(decided_by__isnull=False)
                & ~Q(decided_by=F("asked_by"))
                & ~Q(decided_by=F("person"))
                & ~Q(decided_by=F("receiver")),
                violation_error_message="须由提出人、当事人和接手人以外的系统管理员确认。",
            ),
            models.UniqueConstraint(
                name="disposal_waits_once",
                fields=["person", "verb", "role", "branch", "domain", "sheets"],
                condition=Q(state=RequestState.WAITING),
                nulls_distinct=False,
                violation_error_message="已有相同的事项待确认。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_verb_display()}：{self.person}"
