"""The tree of branches, their aliases and population, and the base of branch-owned rows."""

import datetime as dt
from typing import Self, TypeVar

from django.db import models
from django.db.models import Q

from redcross.branches.choices import AliasKind, Level

PROVINCE_CODE = "53"


class BranchQuerySet(models.QuerySet["Branch"]):
    """Branches by their position in the tree."""

    def under(self, branch: "Branch") -> Self:
        """Keep the branch and all below it (全域)."""
        return self.filter(code__startswith=branch.code)

    def below(self, branch: "Branch") -> Self:
        """Keep the branches below the branch, without itself."""
        return self.under(branch).exclude(pk=branch.pk)

    def at(self, level: str) -> Self:
        """Keep one level."""
        return self.filter(level=level)

    def find_by_name(self, written: str) -> "Branch | None":
        """Return the branch with a code, padded code or name, None if not exactly one."""
        bare = written.strip()
        code = bare[: len(bare) - 2] if len(bare) == 6 and bare.endswith("00") else bare
        code = code[:-2] if len(bare) == 6 and code.endswith("00") else code
        names = Q(name=bare) | Q(short_name=bare) | Q(bare_name=bare)
        matches = list(self.filter(Q(code=code) | names)[:2]) if bare else []
        exact = [branch for branch in matches if bare in (branch.code, branch.name)]
        return exact[0] if exact else matches[0] if len(matches) == 1 else None

    def in_official_order(self) -> Self:
        """Sort in the official order, used by every table that is not a ranking."""
        return self.order_by("position", "code")


class Branch(models.Model):
    """A Red Cross society: 1 province, 16 prefectures, 129 counties, and units.

    `code` is GB/T 2260 without trailing zero pairs (53, 5301, 530102), so that a subtree is
    one prefix match. Units without a code have their parent's code + X + two digits.
    """

    code = models.CharField("代码", max_length=12, unique=True)
    name = models.CharField("名称", max_length=40)
    short_name = models.CharField("通用简称", max_length=40)
    bare_name = models.CharField("短名", max_length=40)
    pinyin = models.CharField("拼音", max_length=80)
    initials = models.CharField("拼音首字母", max_length=20)
    level = models.CharField("层级", max_length=10, choices=Level)
    unit_type = models.CharField("类型", max_length=20, blank=True)
    parent = models.ForeignKey(
        "self",
        verbose_name="上级",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="children",
    )
    position = models.PositiveSmallIntegerField("排序", default=0)
    opened_on = models.DateField("成立日期", null=True, blank=True)
    closed_on = models.DateField("撤销日期", null=True, blank=True)

    objects = BranchQuerySet.as_manager()

    class Meta:
        verbose_name = "机构"
        verbose_name_plural = "机构"
        constraints = [
            models.CheckConstraint(
                name="branch_level_is_known", condition=Q(level__in=Level.values)
            ),
            models.CheckConstraint(
                name="branch_code_is_gb2260_or_x",
                condition=Q(code__regex=r"^[0-9]{2}([0-9]{2}){0,2}(X[0-9]{2})?$"),
                violation_error_message="机构代码应为去掉末尾零的行政区划代码，基层单位为上级代码加X和两位数字。",
            ),
            models.CheckConstraint(
                name="branch_only_the_province_has_no_parent",
                condition=Q(parent__isnull=False) | Q(level=Level.PROVINCE),
                violation_error_message="除省级外，每个机构都须有上级。",
            ),
            models.CheckConstraint(
                name="branch_closes_after_it_opens",
                condition=Q(opened_on__isnull=True)
                | Q(closed_on__isnull=True)
                | Q(closed_on__gte=models.F("opened_on")),
                violation_error_message="撤销日期不能早于成立日期。",
            ),
        ]
        indexes = [
            models.Index(
                name="branch_code_prefix", fields=["code"], opclasses=["text_pattern_ops"]
            ),
        ]

    def __str__(self) -> str:
        return self.short_name

    @property
    def padded_code(self) -> str:
        """The six-digit code of the map and of paper forms (530000)."""
        return self.code.partition("X")[0].ljust(6, "0")

    @property
    def society(self) -> str:
        """The full name of the society."""
        return f"{self.name}红十字会" if self.level != Level.UNIT else self.name

    def exists_on(self, day: dt.date) -> bool:
        """Return whether the branch exists on a day."""
        begun = self.opened_on is None or self.opened_on <= day
        return begun and (self.closed_on is None or self.closed_on > day)

    def contains(self, other: "Branch") -> bool:
        """Return whether `other` is this branch or one below it."""
        return other.code.startswith(self.code)


class BranchAlias(models.Model):
    """Another name or code by which a branch is still written."""

    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.CASCADE, related_name="aliases"
    )
    name = models.CharField("别名", max_length=40)
    kind = models.CharField("类别", max_length=20, choices=AliasKind)
    until = models.DateField("停用日期", null=True, blank=True)

    class Meta:
        verbose_name = "机构别名"
        verbose_name_plural = "机构别名"
        constraints = [
            models.UniqueConstraint(
                name="branch_alias_once",
                fields=["branch", "name"],
                violation_error_message="该机构已有这个别名。",
            ),
            models.CheckConstraint(
                name="branch_alias_kind_is_known",
                condition=Q(kind__in=AliasKind.values),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Population(models.Model):
    """The 常住人口 of a branch's whole territory at the end of a year; counties may lack it."""

    branch = models.ForeignKey(
        Branch, verbose_name="机构", on_delete=models.CASCADE, related_name="populations"
    )
    year = models.PositiveSmallIntegerField("年份")
    people = models.PositiveIntegerField("常住人口（人）")
    source = models.CharField("来源", max_length=100)

    class Meta:
        verbose_name = "常住人口"
        verbose_name_plural = "常住人口"
        constraints = [
            models.UniqueConstraint(
                name="population_once_a_year",
                fields=["branch", "year"],
                violation_error_message="该机构该年份已有人口数。",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch} {self.year}年"


M = TypeVar("M", bound=models.Model)


class BranchOwnedQuerySet(models.QuerySet[M]):
    """Rows that belong to a branch."""

    def under(self, branch: Branch) -> Self:
        """Keep the rows of the branch and of all below it (全域)."""
        return self.filter(branch__code__startswith=branch.code)

    def of(self, branch: Branch) -> Self:
        """Keep the rows of exactly this branch (本级)."""
        return self.filter(branch=branch)


class BranchOwned(models.Model):
    """A row of exactly one branch."""

    # Every owned table has an index that begins with branch; a second one would cost writes.
    branch = models.ForeignKey(
        Branch,
        verbose_name="所属机构",
        on_delete=models.PROTECT,
        related_name="+",
        db_index=False,
    )

    objects = BranchOwnedQuerySet.as_manager()

    class Meta:
        abstract = True
