"""People, the roles that tie them to branches, and rows that only some may see."""

from typing import TYPE_CHECKING, Self, TypeVar

from django.contrib.auth.models import AbstractUser, AnonymousUser
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value

from redcross.accounts.choices import WITHOUT_RECORDS, Domain, Role
from redcross.branches.models import Branch, BranchOwned, BranchOwnedQuerySet

if TYPE_CHECKING:
    import datetime as dt


class User(AbstractUser):
    """A person, or a service account of the command line."""

    display_name = models.CharField("姓名", max_length=40)
    phone = models.CharField("办公电话", max_length=40, blank=True)
    is_service = models.BooleanField("服务账户", default=False)
    must_change_password = models.BooleanField("下次登录须改密码", default=False)
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]

    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        verbose_name = "用户"
        verbose_name_plural = "用户"

    def __str__(self) -> str:
        return self.display_name or self.username

    def get_full_name(self) -> str:
        return self.display_name

    def get_short_name(self) -> str:
        return self.display_name


class RoleAssignmentQuerySet(models.QuerySet["RoleAssignment"]):
    """Roles by the day they hold."""

    def on(self, day: "dt.date") -> Self:
        """Keep the roles that hold on a day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=day), starts_on__lte=day)


class _DateRange(Func):
    function = "DATERANGE"
    output_field = DateRangeField()


class RoleAssignment(models.Model):
    """One role of one person at one branch, for a time, perhaps for some sheets only."""

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
    def sees_records(self) -> bool:
        """Whether the role opens any record of its branch."""
        return Role(self.role) not in WITHOUT_RECORDS


R = TypeVar("R", bound=models.Model)


class VisibleQuerySet(BranchOwnedQuerySet[R]):
    """Rows by who may see them."""

    def visible_to(self, user: User | AnonymousUser) -> Self:
        """Keep the rows of the branches the user's roles reach."""
        from redcross.accounts.scope import branches_of

        return self.filter(branch_id__in=branches_of(user))


class Visible(BranchOwned):
    """A row seen by its branch and the levels above it; row-level security repeats it."""

    row_level_security = True
    """False for figures that everybody may see, whichever branch they are of."""

    objects = VisibleQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        abstract = True
