"""The access log: append-only, each row chained to the one before by its digest."""

from typing import Self

from django.db import models
from django.db.models import Q

from redcross.accounts.database.policies import register_append_only
from redcross.accounts.models import User
from redcross.audit.choices import Act


class AccessEntryQuerySet(models.QuerySet["AccessEntry"]):
    """Entries by their content."""

    def of(self, words: str) -> Self:
        """Keep entries of a user, page address, branch, reason, file or request."""
        return self.filter(
            Q(username__icontains=words)
            | Q(what__icontains=words)
            | Q(branch_code=words)
            | Q(reason__icontains=words)
            | Q(file__icontains=words)
            | Q(request=words)
        )


class AccessEntry(models.Model):
    """One access. The database numbers it and computes its digest with that of the row before."""

    at = models.DateTimeField("时间")
    user = models.ForeignKey(
        User,
        verbose_name="用户",
        on_delete=models.DO_NOTHING,
        null=True,
        db_constraint=False,
        related_name="+",
    )
    username = models.CharField("登录名", max_length=150, blank=True)
    address = models.GenericIPAddressField("来源地址", null=True)
    act = models.CharField("动作", max_length=10, choices=Act)
    what = models.CharField("对象", max_length=300)
    branch_code = models.CharField("机构代码", max_length=12, blank=True)
    reason = models.CharField("理由", max_length=200, blank=True)
    status = models.PositiveSmallIntegerField("结果", default=200)
    # NULL if empty, so that the digests of entries older than these columns stay valid.
    file = models.CharField("文件", max_length=200, null=True)  # noqa: DJ001
    rows = models.PositiveIntegerField("行数", null=True)
    request = models.CharField("请求编号", max_length=32, null=True)  # noqa: DJ001
    digest = models.BinaryField("指纹", editable=False, default=b"")

    objects = AccessEntryQuerySet.as_manager()

    class Meta:
        verbose_name = "访问记录"
        verbose_name_plural = "访问日志"
        constraints = [
            models.CheckConstraint(name="access_act_is_known", condition=Q(act__in=Act.values)),
        ]
        indexes = [models.Index(name="access_by_time", fields=["at"])]

    def __str__(self) -> str:
        return f"{self.username} {self.get_act_display()} {self.what}"

    @property
    def result(self) -> str:
        """What the status means: done, absent, refused, or an error."""
        if self.status < 400:
            return "成功"
        if self.status == 404:
            return "没有或无权"
        return "拒绝" if self.status < 500 else "出错"


register_append_only(AccessEntry)
