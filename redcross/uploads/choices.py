"""Closed lists of uploads."""

from django.db import models


class Sex(models.TextChoices):
    """As the identity document says (GB 11643: the 17th digit is odd for a man)."""

    MALE = "MALE", "男"
    FEMALE = "FEMALE", "女"


class UploadState(models.TextChoices):
    """How far an upload is from being received to being effective."""

    RECEIVED = "RECEIVED", "已接收"
    CHECKING = "CHECKING", "正在检查"
    HAS_ERRORS = "HAS_ERRORS", "有错误"
    READY = "READY", "待提交"
    SUBMITTED = "SUBMITTED", "待审核"
    REVIEWED = "REVIEWED", "待终审"
    LOADING = "LOADING", "正在生效"
    EFFECTIVE = "EFFECTIVE", "已生效"
    RETURNED = "RETURNED", "已退回"
    WITHDRAWN = "WITHDRAWN", "已撤回"
    UNDONE = "UNDONE", "已作废"
    FAILED = "FAILED", "已中断"


class PendingAction(models.TextChoices):
    """What a person has requested for an effective or undone upload, until a worker has done it."""

    UNDO = "UNDO", "正在作废本批"
    RESTORE = "RESTORE", "正在恢复本批"


class DroppedFileState(models.TextChoices):
    """How far a dropped file is before it becomes an upload."""

    WAITING = "WAITING", "排队"
    OPENING = "OPENING", "打开文件"
    MATCHING = "MATCHING", "对照各张报表"
    GUESSED = "GUESSED", "请确认"
    UNREADABLE = "UNREADABLE", "无法读取"
    SENT = "SENT", "已开始检查"


class UploadMode(models.TextChoices):
    """What an upload does with what is there."""

    APPEND = "append", "追加/补报"
    REPLACE = "replace", "替换本期"


class UploadOrigin(models.TextChoices):
    """How the rows came."""

    FILE = "FILE", "上传文件"
    TYPED = "TYPED", "在线填报"
    ZERO = "ZERO", "零报告"


class Severity(models.TextChoices):
    """How grave a finding is: ERROR blocks, WARNING needs a 说明, NOTICE only informs."""

    ERROR = "error", "错误"
    WARNING = "warning", "提醒"
    NOTICE = "notice", "提示"


PROCESSING_STATES = frozenset({UploadState.RECEIVED, UploadState.CHECKING, UploadState.LOADING})
"""States in which a machine is at work, and whose heartbeat is watched."""

RECOGNITION_STATES = frozenset(
    {DroppedFileState.WAITING, DroppedFileState.OPENING, DroppedFileState.MATCHING}
)
"""States of a dropped file in which a machine is at work on it."""

OPEN_STATES = frozenset(
    {
        UploadState.HAS_ERRORS,
        UploadState.READY,
        UploadState.RETURNED,
        UploadState.WITHDRAWN,
        UploadState.FAILED,
    }
)
"""States in which the next step is the uploader's."""

REVIEW_STATES = frozenset({UploadState.SUBMITTED, UploadState.REVIEWED})
"""States in which the level above has to decide."""

RECHECKABLE_STATES = frozenset({UploadState.HAS_ERRORS, UploadState.READY, UploadState.FAILED})
"""States in which an upload may be checked again."""
