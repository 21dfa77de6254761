"""Dropped files on their way to an upload."""

from django.db import models
from django.db.models import Q

from redcross.accounts.models import User, Visible
from redcross.branches.models import Branch
from redcross.uploads.choices import DraftState, UploadMode
from redcross.uploads.models.uploads import Upload, storage_path


class Parcel(Visible):
    """A dropped file on its way to an upload: sealed, guessed at, to be confirmed.

    `branch` is the owner's own, so that nobody beside him sees it; `sheet`, `about` and
    `months` are what the upload will be: guessed first, then as the owner corrects them.
    """

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="parcels")
    filename = models.CharField("文件名", max_length=200)
    file = models.FileField("文件", upload_to=storage_path, blank=True)
    size = models.PositiveBigIntegerField("大小（字节）", default=0)
    digest = models.CharField("文件指纹", max_length=64)
    state = models.CharField("状态", max_length=12, choices=DraftState, default=DraftState.WAITING)
    code = models.CharField("代码", max_length=40, blank=True)
    message = models.TextField("说明", blank=True)
    hint = models.JSONField("来时要报的", default=dict, blank=True)
    guess = models.JSONField("识别结果", default=dict, blank=True)
    sheet = models.CharField("报表", max_length=60, blank=True)
    about = models.ForeignKey(
        Branch, verbose_name="填报单位", on_delete=models.PROTECT, null=True, related_name="+"
    )
    months = models.CharField("报告期", max_length=20, blank=True)
    mode = models.CharField("方式", max_length=10, choices=UploadMode, blank=True)
    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, null=True, related_name="parcels")
    created_at = models.DateTimeField("上传时间")
    touched_at = models.DateTimeField("更新时间")

    class Meta:
        verbose_name = "待确认的文件"
        verbose_name_plural = "待确认的文件"
        constraints = [
            models.CheckConstraint(
                name="parcel_state_is_known", condition=Q(state__in=DraftState.values)
            ),
            models.CheckConstraint(
                name="parcel_mode_is_known",
                condition=Q(mode="") | Q(mode__in=UploadMode.values),
            ),
            models.CheckConstraint(
                name="parcel_sent_is_an_upload",
                condition=Q(state=DraftState.SENT, upload__isnull=False)
                | ~Q(state=DraftState.SENT) & Q(upload__isnull=True),
            ),
        ]
        indexes = [models.Index(name="parcel_of_owner", fields=["owner", "created_at"])]

    def __str__(self) -> str:
        return self.filename
