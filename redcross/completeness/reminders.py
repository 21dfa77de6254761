"""Reminders before and after due days: as the table says, each once, gathered by person."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.tree import get_tree
from redcross.completeness.choices import ReminderAudience
from redcross.completeness.models import Reminder, ReminderStage
from redcross.completeness.obligations import (
    DueCalendar,
    Obligation,
    list_obligations,
    load_due_calendar,
)
from redcross.completeness.recipients import load_role_directory
from redcross.completeness.working_days import WorkingDays
from redcross.notices.services import notify
from redcross.periods import Period, add_months, business_date, month_start

LOOK_BACK_MONTHS = 4
"""Months: what was due before is no longer reminded of by itself."""
MAX_ITEMS = 8
_ADVISORY_LOCK = 530_040

StagedObligation = tuple[ReminderStage, Obligation]


@transaction.atomic
def send_reminders(now: dt.datetime) -> int:
    """Tell everybody what falls due, or has; return how many people were told.

    Two that run at once wait for each other here, and the database knows each reminder
    once. After an outage only the latest stage of an obligation is told, and none that
    is older than the stage lasts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
    today, calendar = business_date(now), load_due_calendar()
    if not calendar.days.works(today):
        return 0
    due = _list_due(today, calendar)
    waiting = _drop_reminded(_group_by_recipient(due, today))
    Reminder.objects.bulk_create(
        Reminder(
            branch=each.branch,
            user=user,
            sheet=each.sheet.key,
            first_month=each.period.start,
            last_month=each.period.last,
            offset=stage.offset,
            at=now,
        )
        for user, told in waiting
        for stage, each in told
    )
    for user, told in waiting:
        notify([user], _notice_text(told), link=_notice_link(told), now=now)
    return len(waiting)


def _list_due(today: dt.date, calendar: DueCalendar) -> list[StagedObligation]:
    """Return each obligation somebody has to act on, with the stage it has reached."""
    stages = list(ReminderStage.objects.filter(active=True).order_by("offset"))
    period = Period(add_months(month_start(today), -LOOK_BACK_MONTHS), month_start(today))
    found = []
    for each in list_obligations(get_tree().branches, period, today=today, due=calendar):
        stage = _current_stage(stages, each, today, calendar.days) if each.outstanding else None
        if stage is not None:
            found.append((stage, each))
    return found


def _current_stage(
    stages: Sequence[ReminderStage], each: Obligation, today: dt.date, days: WorkingDays
) -> ReminderStage | None:
    reached = None
    for stage in stages:
        day = days.after(each.due_on, stage.offset)
        if day <= today:
            reached = stage if today <= days.after(day, stage.lasts) else None
    return reached


def _group_by_recipient(
    due: Iterable[StagedObligation], today: dt.date
) -> list[tuple[User, list[StagedObligation]]]:
    people = load_role_directory(today)
    found: dict[int, tuple[User, list[StagedObligation]]] = {}
    for stage, each in due:
        users = {
            user.pk: user for audience in stage.audiences for user in people.told(each, audience)
        }
        for user in users.values():
            found.setdefault(user.pk, (user, []))[1].append((stage, each))
    return list(found.values())


def _drop_reminded(
    by_person: list[tuple[User, list[StagedObligation]]],
) -> list[tuple[User, list[StagedObligation]]]:
    known = set(
        Reminder.objects.filter(user__in=[user.pk for user, _ in by_person]).values_list(
            "user", "offset", "branch", "sheet", "first_month", "last_month"
        )
    )
    kept = [
        (
            user,
            [
                (stage, each)
                for stage, each in told
                if (user.pk, stage.offset, *each.key) not in known
            ],
        )
        for user, told in by_person
    ]
    return [(user, told) for user, told in kept if told]


def _notice_text(told: Sequence[StagedObligation]) -> str:
    """Return one notice: a sentence a stage, its sheets named with their branches."""
    sentences = []
    for offset in sorted({stage.offset for stage, _ in told}):
        stage = next(stage for stage, _ in told if stage.offset == offset)
        mine = [each for known, each in told if known.offset == offset]
        sentences.append(stage.text.replace("{items}", describe_obligations(mine)))
    return "".join(sentences)


def describe_obligations(found: Sequence[Obligation]) -> str:
    """Name obligations for a sentence: sheet, period, due day, and of whom, where several."""
    gathered: dict[tuple[str, str, dt.date], list[str]] = {}
    for each in found:
        key = (each.sheet.title, each.period.label, each.due_on)
        gathered.setdefault(key, []).append(each.branch.short_name)
    several = len({each.branch.pk for each in found}) > 1
    named = []
    for (title, period, due_on), branches in gathered.items():
        whose = f"{'、'.join(branches[:3])}{f'等{len(branches)}家' if len(branches) > 3 else ''}"
        where = f"{whose}，" if several else ""
        named.append(f"{title}（{where}{period}，{due_on.month}月{due_on.day}日截止）")
    rest = f"等{len(named)}项" if len(named) > MAX_ITEMS else ""
    return "、".join(named[:MAX_ITEMS]) + rest


def _notice_link(told: Sequence[StagedObligation]) -> str:
    """Return the page where the person acts: his home page, or the board of those he urges."""
    if any(ReminderAudience.CLERK in stage.audiences for stage, _ in told):
        return reverse("home")
    return f"{reverse('progress')}?period={told[0][1].period}"
