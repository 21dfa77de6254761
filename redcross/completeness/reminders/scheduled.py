"""Automatic reminders around due dates, by the stages in the table, one notice per user."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.tree import get_tree
from redcross.completeness.calendar.due_calendar import DueCalendar, load_due_calendar
from redcross.completeness.calendar.working_days import WorkingDays
from redcross.completeness.choices import ReminderAudience
from redcross.completeness.models import Reminder, ReminderStage
from redcross.completeness.obligations.evaluate import Obligation, list_obligations
from redcross.completeness.reminders.recipients import load_role_directory
from redcross.notices.services import notify
from redcross.periods import Period, add_months, business_date, month_start

LOOK_BACK_MONTHS = 4
"""Obligations due earlier are no longer reminded of automatically."""
MAX_ITEMS = 8
_ADVISORY_LOCK = 530_040

StagedObligation = tuple[ReminderStage, Obligation]
"""An obligation with the reminder stage it has reached."""


@transaction.atomic
def send_reminders(now: dt.datetime) -> int:
    """Remind everybody of what is due or late; return the number of users reminded.

    Simultaneous runs wait for each other here, and the database holds each reminder once.
    After an outage only the latest stage of an obligation is sent, and none that is older
    than the stage lasts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
    today, calendar = business_date(now), load_due_calendar()
    if not calendar.days.is_working_day(today):
        return 0
    groups = _drop_reminded(_group_by_recipient(_list_staged(today, calendar), today))
    Reminder.objects.bulk_create(
        Reminder(
            branch=obligation.branch,
            user=user,
            sheet=obligation.sheet.key,
            first_month=obligation.period.start,
            last_month=obligation.period.last,
            offset=stage.offset,
            at=now,
        )
        for user, items in groups
        for stage, obligation in items
    )
    for user, items in groups:
        notify([user], _notice_text(items), link=_notice_link(items), now=now)
    return len(groups)


def _list_staged(today: dt.date, calendar: DueCalendar) -> list[StagedObligation]:
    """Return each outstanding obligation that has reached a stage, with the stage."""
    stages = list(ReminderStage.objects.filter(active=True).order_by("offset"))
    period = Period(add_months(month_start(today), -LOOK_BACK_MONTHS), month_start(today))
    staged = []
    for obligation in list_obligations(get_tree().branches, period, today=today, calendar=calendar):
        if obligation.is_outstanding:
            stage = _current_stage(stages, obligation, today, calendar.days)
            if stage is not None:
                staged.append((stage, obligation))
    return staged


def _current_stage(
    stages: Sequence[ReminderStage], obligation: Obligation, today: dt.date, days: WorkingDays
) -> ReminderStage | None:
    reached = None
    for stage in stages:
        day = days.add_working_days(obligation.due_on, stage.offset)
        if day <= today:
            reached = stage if today <= days.add_working_days(day, stage.lasts) else None
    return reached


def _group_by_recipient(
    staged: Iterable[StagedObligation], today: dt.date
) -> list[tuple[User, list[StagedObligation]]]:
    directory = load_role_directory(today)
    groups: dict[int, tuple[User, list[StagedObligation]]] = {}
    for stage, obligation in staged:
        users = {
            user.pk: user
            for audience in stage.audiences
            for user in directory.recipients(obligation, audience)
        }
        for user in users.values():
            groups.setdefault(user.pk, (user, []))[1].append((stage, obligation))
    return list(groups.values())


def _drop_reminded(
    groups: list[tuple[User, list[StagedObligation]]],
) -> list[tuple[User, list[StagedObligation]]]:
    """Leave out what each user was reminded of already at the same stage."""
    reminded = set(
        Reminder.objects.filter(user__in=[user.pk for user, _ in groups]).values_list(
            "user", "offset", "branch", "sheet", "first_month", "last_month"
        )
    )
    remaining = [
        (
            user,
            [
                (stage, obligation)
                for stage, obligation in items
                if (user.pk, stage.offset, *obligation.key) not in reminded
            ],
        )
        for user, items in groups
    ]
    return [(user, items) for user, items in remaining if items]


def _notice_text(items: Sequence[StagedObligation]) -> str:
    """Return the text of one notice: a sentence per stage that lists its obligations."""
    sentences = []
    for offset in sorted({stage.offset for stage, _ in items}):
        stage = next(stage for stage, _ in items if stage.offset == offset)
        obligations = [obligation for other, obligation in items if other.offset == offset]
        sentences.append(stage.text.replace("{items}", describe_obligations(obligations)))
    return "".join(sentences)


def describe_obligations(obligations: Sequence[Obligation]) -> str:
    """Return a list for a sentence: sheet, branches if there are several, period, due date."""
    groups: dict[tuple[str, str, dt.date], list[str]] = {}
    for obligation in obligations:
        key = (obligation.sheet.title, obligation.period.label, obligation.due_on)
        groups.setdefault(key, []).append(obligation.branch.short_name)
    has_several = len({obligation.branch.pk for obligation in obligations}) > 1
    texts = []
    for (title, period, due_on), branches in groups.items():
        names = f"{'、'.join(branches[:3])}{f'等{len(branches)}家' if len(branches) > 3 else ''}"
        prefix = f"{names}，" if has_several else ""
        texts.append(f"{title}（{prefix}{period}，{due_on.month}月{due_on.day}日截止）")
    rest = f"等{len(texts)}项" if len(texts) > MAX_ITEMS else ""
    return "、".join(texts[:MAX_ITEMS]) + rest


def _notice_link(items: Sequence[StagedObligation]) -> str:
    """Return the page where the recipient acts: the home page of clerks, else the board."""
    if any(ReminderAudience.CLERK in stage.audiences for stage, _ in items):
        return reverse("home")
    return f"{reverse('progress')}?period={items[0][1].period}"
