"""Dropped files, before they become uploads."""

from typing import Any

from django.db import models
from django.db.models import Q

from redcross.accounts.models import User, Visible
from redcross.branches.models import Branch
from redcross.uploads.choices import RECOGNITION_STATES, DroppedFileState, UploadMode
from redcross.uploads.models.uploads import Upload, storage_path


class DroppedFile(Visible):
    """A dropped file that its owner has not confirmed yet, or that has become an upload.

    `branch` is the owner's own, so that nobody else sees the file. `sheet`,
    `reporting_branch`, `months` and `mode` are the values of the future upload: guessed
    first, then as the owner corrects them. `prefill` holds the values of the link by which
    the owner opened the page.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="dropped_files")
    filename = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to=storage_path, blank=True)
    grids_file = models.FileField("读出的工作表", upload_to=storage_path, blank=True)
    size = models.PositiveBigIntegerField("大小（字节）", default=0)
    digest = models.CharField("文件指纹", max_length=64)
    state = models.CharField(
        "状态", max_length=12, choices=DroppedFileState, default=DroppedFileState.WAITING
    )
    code = models.CharField("代码", max_length=40, blank=True)
    message = models.TextField("说明", blank=True)
    prefill = models.JSONField("来时要报的", default=dict, blank=True)
    guess = models.JSONField("识别结果", default=dict, blank=True)
    sheet = models.CharField("报表", max_length=60, blank=True)
    reporting_branch = models.ForeignKey(
        Branch, verbose_name="填报单位", on_delete=models.PROTECT, null=True, related_name="+"
    )
    months = models.CharField("报告期", max_length=20, blank=True)
    mode = models.CharField("方式", max_length=10, choices=UploadMode, blank=True)
    upload = models.ForeignKey(
        Upload, on_delete=models.CASCADE, null=True, related_name="dropped_files"
    )
    created_at = models.DateTimeField("上传时间")
    updated_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "待确认的文件"
        verbose_name_plural = "待确认的文件"
        constraints = [
            models.CheckConstraint(
                name="dropped_file_state_is_known", condition=Q(state__in=DroppedFileState.values)
            ),
            models.CheckConstraint(
                name="dropped_file_mode_is_known",
                condition=Q(mode="") | Q(mode__in=UploadMode.values),
            ),
            models.CheckConstraint(
                name="dropped_file_sent_has_upload",
                condition=Q(state=DroppedFileState.SENT, upload__isnull=False)
                | ~Q(state=DroppedFileState.SENT) & Q(upload__isnull=True),
            ),
        ]
        indexes = [models.Index(name="dropped_file_of_owner", fields=["owner", "created_at"])]

    def __str__(self) -> str:
        return self.filename

    @property
    def is_being_recognized(self) -> bool:
        """Whether a worker is reading it, or will."""
        return self.state in RECOGNITION_STATES

    @property
    def is_confirmable(self) -> bool:
        """Whether its owner may correct the guess and start the check."""
        return self.state == DroppedFileState.GUESSED

    @property
    def is_unreadable(self) -> bool:
        """Whether it could not be opened."""
        return self.state == DroppedFileState.UNREADABLE

    def guess_for(self, sheet: str) -> dict[str, Any]:
        """Return the guessed months and branch where the file is this sheet."""
        by_sheet: dict[str, dict[str, Any]] = self.guess.get("by_sheet", {})
        return by_sheet.get(sheet) or self.guess.get("default", {})
