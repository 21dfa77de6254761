"""Files made for one user, stored encrypted until they expire."""

import uuid
from typing import Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from redcross.accounts.encryption import EncryptedField
from redcross.accounts.models import User
from redcross.exports.choices import ExportState


def sealed_path(_export: models.Model, _name: str) -> str:
    """Return a random path that reveals nothing about the content."""
    return f"exports/{uuid.uuid4().hex}"


class ExportQuerySet(models.QuerySet["Export"]):
    """Exports by their user."""

    def of(self, user: User) -> Self:
        """Keep the exports of one user; nobody else may download them, whatever his roles."""
        return self.filter(user=user)


class Export(models.Model):
    """One file for the user who requested it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="导出人",
        on_delete=models.CASCADE,
        related_name="exports",
    )
    name = models.CharField("文件名", max_length=200)
    key = models.CharField("种类", max_length=60, blank=True)
    parameters = models.JSONField("条件", db_column="asked", default=dict, blank=True)
    state = models.CharField("状态", max_length=10, choices=ExportState)
    rows = models.PositiveIntegerField("行数", null=True, blank=True)
    personal = models.BooleanField("含个人信息")
    branch_code = models.CharField("机构代码", max_length=12, blank=True)
    message = models.CharField("说明", max_length=300, blank=True)
    file = models.FileField("文件", upload_to=sealed_path, max_length=120, blank=True)
    password = EncryptedField("打开密码", kind="export_password", null=True, blank=True)
    """Stored as long as the file, so that the user can upload the encrypted file as it is."""
    created_at = models.DateTimeField("提出时间")
    expires_at = models.DateTimeField("有效期至")
    fetched_at = models.DateTimeField("下载时间", null=True, blank=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = "导出文件"
        verbose_name_plural = "导出文件"
        constraints = [
            models.CheckConstraint(
                name="export_state_is_known", condition=Q(state__in=ExportState.values)
            ),
            models.CheckConstraint(
                name="export_that_is_ready_has_a_file",
                condition=~Q(state=ExportState.READY) | ~Q(file=""),
            ),
            models.CheckConstraint(
                name="export_that_ended_keeps_no_file",
                condition=~Q(state=ExportState.EXPIRED) | Q(file="", password__isnull=True),
            ),
        ]
        indexes = [models.Index(name="export_by_end", fields=["expires_at"])]

    def __str__(self) -> str:
        return self.name

    @property
    def is_waiting(self) -> bool:
        """Whether a worker still has to generate the file."""
        return self.state == ExportState.WAITING

    @property
    def has_failed(self) -> bool:
        """Whether the file could not be generated."""
        return self.state == ExportState.FAILED
