"""Choices of the reporting calendar, obligations and reminders."""

from django.db import models


class DayKind(models.TextChoices):
    """How a day differs from its weekday."""

    HOLIDAY = "HOLIDAY", "放假"
    WORKDAY = "WORKDAY", "调休上班"


class HolidayPolicy(models.TextChoices):
    """What happens to a due date that is no working day."""

    NEXT = "NEXT", "顺延至下一工作日"
    PREVIOUS = "PREVIOUS", "提前至上一工作日"
    STAYS = "STAYS", "不变"


class ReminderAudience(models.TextChoices):
    """Who receives a reminder."""

    CLERK = "CLERK", "填报人"
    REVIEWER = "REVIEWER", "审核人"
    DESK = "DESK", "上级业务主管"


class ObligationStatus(models.TextChoices):
    """The status of an obligation; of several uploads the one listed last counts."""

    NOT_OPEN = "NOT_OPEN", "未到填报期"
    DUE = "OWED", "未报"
    LATE = "LATE", "逾期"
    OPEN = "OPEN", "填报中"
    RETURNED = "RETURNED", "已退回"
    EXEMPT = "EXEMPT", "免报"
    WAITING = "WAITING", "待审核"
    COVERED = "COVERED", "上级代报"
    ZERO = "ZERO", "零报告"
    EFFECTIVE = "EFFECTIVE", "已生效"

    @property
    def symbol(self) -> str:
        """A symbol that distinguishes the statuses without colour."""
        return _SYMBOLS[self]


_SYMBOLS = {
    ObligationStatus.NOT_OPEN: "·",
    ObligationStatus.DUE: "○",
    ObligationStatus.LATE: "▲",
    ObligationStatus.OPEN: "◔",
    ObligationStatus.RETURNED: "↩",
    ObligationStatus.EXEMPT: "－",
    ObligationStatus.WAITING: "◑",
    ObligationStatus.COVERED: "◆",
    ObligationStatus.ZERO: "◎",
    ObligationStatus.EFFECTIVE: "●",
}

SUBMITTED_STATUSES = frozenset(
    {
        ObligationStatus.WAITING,
        ObligationStatus.COVERED,
        ObligationStatus.ZERO,
        ObligationStatus.EFFECTIVE,
    }
)
QUIET_STATUSES = SUBMITTED_STATUSES | {ObligationStatus.EXEMPT, ObligationStatus.NOT_OPEN}
"""Statuses in which nobody is reminded."""
