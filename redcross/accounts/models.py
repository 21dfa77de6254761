"""Users, their roles at branches, and the base of rows with limited visibility."""

import datetime as dt
from typing import Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.utils import timezone

from redcross.accounts.choices import ROLES_WITHOUT_RECORDS, Domain, Role
from redcross.accounts.encryption import BlindIndexField, EncryptedField
from redcross.branches.models import Branch, BranchOwned, BranchOwnedQuerySet
from redcross.branches.tree import get_tree


class User(AbstractUser):
    """A user, or a service account of the command line."""

    display_name = models.CharField("姓名", max_length=40)
    phone = models.CharField("办公电话", max_length=40, blank=True)
    is_service = models.BooleanField("服务账户", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    password_set_at = models.DateTimeField("密码设定时间", default=timezone.now, editable=False)
    unused_notice_at = models.DateTimeField("闲置提醒时间", null=True, blank=True, editable=False)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    REQUIRED_FIELDS = ["display_name"]

    _current_roles: "tuple[dt.date, tuple[RoleAssignment, ...]] | None" = None
    _open_branch_ids: "tuple[tuple[RoleAssignment, ...], tuple[int, ...]] | None" = None

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username

    def set_password(self, raw_password: str | None) -> None:
        """Set a password and the time of its change."""
        super().set_password(raw_password)
        self.password_set_at = timezone.now()

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name

    def current_roles(self) -> "tuple[RoleAssignment, ...]":
        """Return the roles in force today; queried once for each user object."""
        today = timezone.localdate()
        if self._current_roles is None or self._current_roles[0] != today:
            roles = self.roles.on(today).select_related("branch")
            self._current_roles = (today, tuple(roles))
        return self._current_roles[1]

    def open_branch_ids(self) -> tuple[int, ...]:
        """Return the ids of the branches whose rows the user may see today."""
        roles = self.current_roles()
        if self._open_branch_ids is None or self._open_branch_ids[0] is not roles:
            codes = [role.branch.code for role in roles if role.sees_records]
            self._open_branch_ids = (roles, tuple(get_tree().under(*codes)))
        return self._open_branch_ids[1]


class UsedPassword(models.Model):
    """The hash of a former password; the last few may not be used again."""

    user = models.ForeignKey(
        User, verbose_name="用户", on_delete=models.CASCADE, related_name="used_passwords"
    )
    encoded = models.CharField("密码指纹", max_length=200, editable=False)
    set_at = models.DateTimeField("设定时间")

    class Meta:
        verbose_name = "用过的密码"
        verbose_name_plural = "用过的密码"
        indexes = [models.Index(name="used_password_by_user", fields=["user", "-set_at"])]

    def __str__(self) -> str:
        return f"{self.user} {self.set_at:%Y-%m-%d}"


class SafetySettings(models.Model):
    """The security settings: a single row, changed by administrators."""

    unused_days = models.PositiveSmallIntegerField(
        "闲置停用（天）", default=180, help_text="这么多天没有登录的账户自动停用，由上一级恢复。"
    )
    unused_notice_days = models.PositiveSmallIntegerField(
        "停用前提醒（天）", default=14, help_text="停用前这么多天提醒本人。"
    )
    password_days = models.PositiveSmallIntegerField(
        "密码有效期（天）", default=180, help_text="超过后登录须改密码；0 表示不限。"
    )
    password_history = models.PositiveSmallIntegerField(
        "不得重用的密码（个）", default=5, help_text="新密码不能与最近用过的这么多个相同。"
    )
    export_hours = models.PositiveSmallIntegerField(
        "导出文件保留（小时）", default=72, help_text="过时自动删除，须重新导出。"
    )
    export_rows_at_once = models.PositiveIntegerField(
        "直接导出的行数上限", default=5000, help_text="更多的由后台生成，到“我的导出”下载。"
    )
    stand_in_days = models.PositiveSmallIntegerField(
        "代理最长（天）", default=60, help_text="休假代理从当天起最多这么多天，到期自动结束。"
    )

    class Meta:
        verbose_name = "安全设置"
        verbose_name_plural = "安全设置"
        constraints = [
            models.CheckConstraint(name="safety_settings_are_one_row", condition=Q(pk=1)),
            models.CheckConstraint(
                name="unused_accounts_are_warned_first",
                condition=Q(unused_notice_days__gte=1) & Q(unused_days__gt=F("unused_notice_days")),
                violation_error_message="停用前至少提前一天提醒，且提醒期须短于闲置期。",
            ),
            models.CheckConstraint(
                name="exports_are_kept_a_while",
                condition=Q(export_hours__gte=1) & Q(export_rows_at_once__gte=1),
                violation_error_message="导出文件至少保留一小时，直接导出至少一行。",
            ),
            models.CheckConstraint(
                name="stand_ins_end_within_a_year",
                condition=Q(stand_in_days__gte=1) & Q(stand_in_days__lte=366),
                violation_error_message="代理最长须在 1 天到 366 天之间。",
            ),
        ]

    def __str__(self) -> str:
        return "安全设置"

    @classmethod
    def current(cls) -> "SafetySettings":
        """Return the stored settings, else the defaults."""
        return cls.objects.filter(pk=1).first() or cls(pk=1)

    @property
    def export_lifetime(self) -> dt.timedelta:
        """How long the file of an export can be downloaded."""
        return dt.timedelta(hours=self.export_hours)


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Roles by their dates."""

    def on(self, day: dt.date) -> Self:
        """Keep the roles in force on a day."""
        return self.not_ended(day).filter(starts_on__lte=day)

    def not_ended(self, day: dt.date) -> Self:
        """Keep the roles in force on a day or later."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day))


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class RoleAssignment(models.Model):
    """A role of a user at a branch, with dates, optionally limited to a domain or sheets."""

    user = models.ForeignKey(
        User, verbose_name="用户", on_delete=models.CASCADE, related_name="roles"
    )
    role = models.CharField("角色", max_length=20, choices=Role)
    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.PROTECT, related_name="+"
    )
    domain = models.CharField(
        "业务", max_length=20, choices=Domain, blank=True, help_text="空白表示全部业务。"
    )
    sheets = ArrayField(
        models.CharField(max_length=60),
        verbose_name="报表",
        default=list,
        blank=True,
        help_text="空白表示全部报表。",
    )
    starts_on = models.DateField("起")
    ends_on = models.DateField("止", null=True, blank=True)

    objects = RoleAssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = "角色"
        verbose_name_plural = "角色"
        constraints = [
            models.CheckConstraint(name="role_is_known", condition=Q(role__in=Role.values)),
            models.CheckConstraint(
                name="role_domain_is_known",
                condition=Q(domain="") | Q(domain__in=Domain.values),
            ),
            models.CheckConstraint(
                name="role_ends_after_it_starts",
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                violation_error_message="角色的止日不能早于起日。",
            ),
            ExclusionConstraint(
                name="administrator_is_no_auditor",
                expressions=[
                    ("user", RangeOperators.EQUAL),
                    ("role", RangeOperators.NOT_EQUAL),
                    (
                        _DateRange("starts_on", "ends_on", Value("[]")),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(role__in=[Role.ADMINISTRATOR, Role.AUDITOR]),
                violation_error_message="系统管理员与安全审计员不能由同一人担任。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch}{self.get_role_display()}"

    @property
    def domain_note(self) -> str:
        """The domain in brackets, "" without one."""
        return f"（{self.get_domain_display()}）" if self.domain else ""

    @property
    def end_note(self) -> str:
        """The last day in brackets, "" without one."""
        return f"（至{self.ends_on:%Y年%-m月%-d日}）" if self.ends_on else ""

    @property
    def sees_records(self) -> bool:
        """Whether the role shows the records of its branch."""
        return Role(self.role) not in ROLES_WITHOUT_RECORDS


class Canary(models.Model):
    """A value encrypted with the keys of this database (see `canary.py`)."""

    value = EncryptedField("内容", kind="canary")
    value_index = BlindIndexField(of="value")

    class Meta:
        verbose_name = "密钥核对"
        verbose_name_plural = "密钥核对"

    def __str__(self) -> str:
        return str(self.pk)


R = TypeVar("R", bound=models.Model)


class VisibleQuerySet(BranchOwnedQuerySet[R]):
    """Rows by who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Keep the rows of the branches that the user may see."""
        return self.filter(branch_id__in=user.open_branch_ids() if user.is_authenticated else ())


class Visible(BranchOwned):
    """A row visible to its branch and the levels above; row-level security enforces it too."""

    row_level_security = True
    """False for figures that everybody may see, of every branch."""
    in_vault = False
    """True if the rows are visible only inside `scope.vault_scope`, for a reason and a time."""

    objects = VisibleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
