"""Accounts asked for by a workbook: one line a person, opened by the level above."""

from django.db import models
from django.db.models import Q

from redcross.accounts.choices import Domain, Role
from redcross.uploads.history import track_history
from redcross.uploads.models import Record


@track_history
class AccountRequest(Record):
    """A person who shall sign in, with one role at one branch."""

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
