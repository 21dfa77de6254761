"""Uploads, what was found in them, who decided on them, and the rows they made effective."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import F, Q

from redcross.accounts.models import User, Visible, VisibleQuerySet
from redcross.periods import Period
from redcross.uploads.choices import (
    OPEN_STATES,
    PROCESSING_STATES,
    RECHECKABLE_STATES,
    REVIEW_STATES,
    PendingAction,
    Severity,
    UploadMode,
    UploadOrigin,
    UploadState,
)
from redcross.uploads.registry import registry

if TYPE_CHECKING:
    from redcross.uploads.schema.sheet import Sheet


def storage_path(_upload: "Upload", _filename: str) -> str:
    """Return a path that tells nothing and cannot be guessed; the name stays in the row."""
    return f"uploads/{uuid.uuid4().hex[:2]}/{uuid.uuid4().hex}"


class UploadQuerySet(VisibleQuerySet["Upload"]):
    """Uploads by what has to be done with them."""

    def awaiting_review(self) -> Self:
        """Keep what waits for a decision."""
        return self.filter(state__in=REVIEW_STATES)

    def effective(self) -> Self:
        """Keep what counts."""
        return self.filter(state=UploadState.EFFECTIVE)

    def at_work(self) -> Self:
        """Keep what a machine has to do something with."""
        return self.filter(Q(state__in=PROCESSING_STATES) | ~Q(pending_action=""))

    def for_period(self, period: Period) -> Self:
        """Keep the uploads for months inside the period."""
        queryset = self.filter(last_month__lte=period.last)
        if period.first is not None:
            queryset = queryset.filter(first_month__gte=period.first)
        return queryset


class Upload(Visible):
    """One workbook (or typed rows, or a 零报告) of one branch for one period."""

    sheet = models.CharField("报表", max_length=60)
    first_month = models.DateField("报告期起")
    last_month = models.DateField("报告期止")
    mode = models.CharField("方式", max_length=10, choices=UploadMode)
    origin = models.CharField(
        "来源", max_length=10, choices=UploadOrigin, default=UploadOrigin.FILE
    )
    state = models.CharField(
        "状态", max_length=12, choices=UploadState, default=UploadState.RECEIVED
    )

    filename = models.CharField("文件名", max_length=200, blank=True)
    file = models.FileField("文件", upload_to=storage_path, blank=True)
    grids_file = models.FileField("读出的工作表", upload_to=storage_path, blank=True)
    size = models.PositiveBigIntegerField("大小（字节）", default=0)
    digest = models.CharField("文件指纹", max_length=64, blank=True)
    rows_digest = models.CharField("内容指纹", max_length=64, blank=True)
    rows_file = models.FileField("读出的数据", upload_to=storage_path, blank=True)
    findings_file = models.FileField("问题明细", upload_to=storage_path, blank=True)
    lines_file = models.FileField("原样与读出", upload_to=storage_path, blank=True)
    changes_file = models.FileField("变化明细", upload_to=storage_path, blank=True)

    tables = models.JSONField("识别结果", default=list, blank=True)
    rows = models.PositiveIntegerField("行数", default=0)
    accepted = models.PositiveIntegerField("可生效行数", default=0)
    errors = models.PositiveIntegerField("错误数", default=0)
    warnings = models.PositiveIntegerField("提醒数", default=0)
    changes = models.JSONField("变化", default=dict, blank=True)
    seconds = models.JSONField("用时", default=dict, blank=True)
    code = models.CharField("代码", max_length=40, blank=True)
    message = models.TextField("说明", blank=True)
    note = models.TextField("填报说明", blank=True)
    accept_good_rows = models.BooleanField("只收正确的行", default=False)
    delete_missing = models.BooleanField("删除缺少的行", default=False)
    table_values = models.JSONField("整张表填写", default=dict, blank=True)

    uploaded_by = models.ForeignKey(
        User, verbose_name="填报人", on_delete=models.PROTECT, related_name="uploads"
    )
    reviewed_by = models.ForeignKey(
        User,
        verbose_name="审核人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    approved_by = models.ForeignKey(
        User,
        verbose_name="终审人",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
    )
    created_at = models.DateTimeField("上传时间")
    submitted_at = models.DateTimeField("提交时间", null=True, blank=True)
    effective_at = models.DateTimeField("生效时间", null=True, blank=True)
    context_id = models.UUIDField("生效批次", null=True, blank=True, unique=True)
    undo_context_id = models.UUIDField("作废批次", null=True, blank=True, unique=True)
    pending_action = models.CharField("正在办理", max_length=8, choices=PendingAction, blank=True)
    pending_action_by = models.ForeignKey(
        User, verbose_name="办理人", on_delete=models.PROTECT, null=True, blank=True,
        related_name="+",
    )  # fmt: skip

    objects = UploadQuerySet.as_manager()  # type: ignore[misc]

    class Meta:
        verbose_name = "报送记录"
        verbose_name_plural = "报送记录"
        constraints = [
            models.CheckConstraint(
                name="upload_state_is_known", condition=Q(state__in=UploadState.values)
            ),
            models.CheckConstraint(
                name="upload_mode_is_known", condition=Q(mode__in=UploadMode.values)
            ),
            models.CheckConstraint(
                name="upload_months_in_order",
                condition=Q(last_month__gte=F("first_month")),
            ),
            models.CheckConstraint(
                name="upload_months_are_first_days",
                condition=Q(first_month__day=1, last_month__day=1),
            ),
            models.CheckConstraint(
                name="upload_is_not_approved_by_its_uploader",
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("uploaded_by")),
                violation_error_message="不能审核自己上传的数据。",
            ),
            models.CheckConstraint(
                name="upload_effective_has_its_context",
                condition=~Q(state=UploadState.EFFECTIVE) | Q(context_id__isnull=False),
            ),
            models.CheckConstraint(
                name="upload_pending_action_has_its_person",
                condition=Q(pending_action="", pending_action_by__isnull=True)
                | Q(pending_action__in=PendingAction.values, pending_action_by__isnull=False),
            ),
        ]
        indexes = [
            models.Index(name="upload_by_branch_sheet", fields=["branch", "sheet", "first_month"]),
            models.Index(
                name="upload_in_work",
                fields=["state"],
                condition=~Q(state__in=[UploadState.EFFECTIVE, UploadState.UNDONE]),
            ),
            models.Index(
                name="upload_pending_action",
                fields=["pending_action"],
                condition=~Q(pending_action=""),
            ),
            models.Index(name="upload_digest", fields=["branch", "digest"]),
            models.Index(
                name="upload_with_grids", fields=["created_at"], condition=~Q(grids_file="")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch}{self.declared.title}（{self.period.label}）"

    @property
    def period(self) -> Period:
        """The months it reports on."""
        return Period(self.first_month, self.last_month)

    @property
    def is_processing(self) -> bool:
        """Whether a machine checks it or makes it effective, or will."""
        return self.state in PROCESSING_STATES

    @property
    def is_at_work(self) -> bool:
        """Whether a machine does anything with it, or will."""
        return self.is_processing or bool(self.pending_action)

    @property
    def is_open(self) -> bool:
        """Whether the next step is the uploader's."""
        return self.state in OPEN_STATES

    @property
    def is_recheckable(self) -> bool:
        """Whether it may be checked again."""
        return self.state in RECHECKABLE_STATES

    @property
    def is_ready(self) -> bool:
        """Whether it was checked without errors and waits to be submitted."""
        return self.state == UploadState.READY

    @property
    def is_clean(self) -> bool:
        """Whether it can be submitted as it is, without an explanation."""
        return self.is_ready and not self.warnings

    @property
    def needs_explanation(self) -> bool:
        """Whether it can be submitted with an explanation of its warnings."""
        return self.is_ready and bool(self.warnings)

    @property
    def needs_correction(self) -> bool:
        """Whether the check ended without rows that can be submitted."""
        return self.state in (UploadState.HAS_ERRORS, UploadState.FAILED)

    @property
    def has_good_rows_to_accept(self) -> bool:
        """Whether the rows without errors can be taken alone."""
        return self.state == UploadState.HAS_ERRORS and self.accepted > 0

    @property
    def is_submittable(self) -> bool:
        """Whether it can be submitted: all of it, or its good rows where that was chosen."""
        return self.is_ready or (self.has_good_rows_to_accept and self.accept_good_rows)

    @property
    def takes_options(self) -> bool:
        """Whether the uploader may still choose what is submitted."""
        return self.state in (UploadState.HAS_ERRORS, UploadState.READY)

    @property
    def awaits_review(self) -> bool:
        """Whether it waits for a decision."""
        return self.state in REVIEW_STATES

    @property
    def is_withdrawable(self) -> bool:
        """Whether withdrawing it changes anything."""
        return self.state != UploadState.WITHDRAWN and (self.is_open or self.awaits_review)

    @property
    def is_effective(self) -> bool:
        """Whether its rows count."""
        return self.state == UploadState.EFFECTIVE

    @property
    def is_undone(self) -> bool:
        """Whether it was effective and has been reverted."""
        return self.state == UploadState.UNDONE

    @property
    def is_zero_report(self) -> bool:
        """Whether it reports that there was nothing (零报告)."""
        return self.origin == UploadOrigin.ZERO

    @property
    def changes_label(self) -> str:
        """New, changed and unchanged rows, as pages show them."""
        new, changed, unchanged = (
            self.changes.get(name, 0) for name in ("new", "changed", "unchanged")
        )
        return f"新增 {new} 行，改动 {changed} 行，未变 {unchanged} 行"

    @property
    def is_routine(self) -> bool:
        """Whether a reviewer may approve it among others: nothing warned of, nothing lost."""
        deletes_rows = self.delete_missing and self.changes.get("missing")
        return not (
            self.errors or self.warnings or self.changes.get("edited_by_hand") or deletes_rows
        )

    @property
    def declared(self) -> "Sheet":
        """The sheet it was read as."""
        return registry[self.sheet]


class UploadStep(Visible):
    """One change of an upload's state: who, when, and why."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="steps")
    state = models.CharField("状态", max_length=12, choices=UploadState)
    at = models.DateTimeField("时间")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    remark = models.TextField("意见", blank=True)

    class Meta:
        verbose_name = "办理记录"
        verbose_name_plural = "办理记录"
        indexes = [models.Index(name="upload_step_in_order", fields=["upload", "at"])]

    def __str__(self) -> str:
        return self.get_state_display()


class UploadFinding(Visible):
    """One cause of findings in one column of an upload, with how often and where."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="findings")
    worksheet = models.CharField("工作表", max_length=100, blank=True)
    row = models.PositiveIntegerField("行", null=True)
    column = models.CharField("列", max_length=4, blank=True)
    field = models.CharField("字段", max_length=60, blank=True)
    code = models.CharField("代码", max_length=60)
    severity = models.CharField("级别", max_length=10, choices=Severity)
    message = models.TextField("问题")
    suggestion = models.TextField("如何修改", blank=True)
    value = models.TextField("读到的内容", blank=True)
    count = models.PositiveIntegerField("次数", default=1)
    rows = models.JSONField("所在行", default=list)

    class Meta:
        verbose_name = "问题"
        verbose_name_plural = "问题"
        constraints = [
            models.CheckConstraint(
                name="finding_severity_is_known",
                condition=Q(severity__in=Severity.values),
            ),
        ]
        indexes = [models.Index(name="finding_of_upload", fields=["upload"])]

    def __str__(self) -> str:
        return self.message

    @property
    def cell(self) -> str:
        """The address as Excel shows it, empty for a whole column or table."""
        return f"{self.column}{self.row}" if self.row and self.column else ""


class UploadRemark(Visible):
    """A reviewer's remark on a cell, or on the whole upload where it names none."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="remarks")
    worksheet = models.CharField("工作表", max_length=100, blank=True)
    cell = models.CharField("单元格", max_length=12, blank=True)
    text = models.TextField("意见")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "审核意见"
        verbose_name_plural = "审核意见"
        indexes = [models.Index(name="remark_of_upload", fields=["upload"])]

    def __str__(self) -> str:
        return self.text


class HeadingMemory(Visible):
    """How a branch's own heading was once mapped by hand; an empty field means: skip."""

    sheet = models.CharField("报表", max_length=60)
    heading = models.CharField("表头", max_length=200)
    field = models.CharField("对应字段", max_length=60, blank=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField("时间")

    class Meta:
        verbose_name = "表头对应"
        verbose_name_plural = "表头对应"
        constraints = [
            models.UniqueConstraint(
                name="heading_remembered_once", fields=["branch", "sheet", "heading"]
            ),
        ]

    def __str__(self) -> str:
        return f"{self.heading} → {self.field}"
