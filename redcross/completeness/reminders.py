"""Reminders before and after due days: as the table says, each once, gathered by person."""

import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.branches.tree import tree
from redcross.completeness.choices import Audience
from redcross.completeness.models import Reminder, ReminderStage
from redcross.completeness.obligations import DueDays, Obligation, due_days, obligations
from redcross.completeness.people import people_on
from redcross.completeness.working_days import WorkingDays
from redcross.notices.services import tell
from redcross.periods import Period, add_months, business_date, month_start

LOOK_BACK = 4
"""Months: what was due before is no longer reminded of by itself."""
SHOWN = 8
_LOCK = 530_040

Told = tuple[ReminderStage, Obligation]


@transaction.atomic
def remind(now: dt.datetime) -> int:
    """Tell everybody what falls due, or has; return how many people were told.

    Two that run at once wait for each other here, and the database knows each reminder
    once. After an outage only the latest stage of an obligation is told, and none that
    is older than the stage lasts.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    today, calendar = business_date(now), due_days()
    if not calendar.days.works(today):
        return 0
    due = _due(today, calendar)
    waiting = _not_yet_told(_by_person(due, today))
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
        tell([user], _text(told), link=_link(told), now=now)
    return len(waiting)


def _due(today: dt.date, calendar: DueDays) -> list[Told]:
    """Return each obligation somebody has to act on, with the stage it has reached."""
    stages = list(ReminderStage.objects.filter(active=True).order_by("offset"))
    period = Period(add_months(month_start(today), -LOOK_BACK), month_start(today))
    found = []
    for each in obligations(tree().branches, period, today=today, due=calendar):
        stage = _stage(stages, each, today, calendar.days) if each.outstanding else None
        if stage is not None:
            found.append((stage, each))
    return found


def _stage(
    stages: Sequence[ReminderStage], each: Obligation, today: dt.date, days: WorkingDays
) -> ReminderStage | None:
    reached = None
    for stage in stages:
        day = days.after(each.due_on, stage.offset)
        if day <= today:
            reached = stage if today <= days.after(day, stage.lasts) else None
    return reached


def _by_person(due: Iterable[Told], today: dt.date) -> list[tuple[User, list[Told]]]:
    people = people_on(today)
    found: dict[int, tuple[User, list[Told]]] = {}
    for stage, each in due:
        users = {
            user.pk: user for audience in stage.audiences for user in people.told(each, audience)
        }
        for user in users.values():
            found.setdefault(user.pk, (user, []))[1].append((stage, each))
    return list(found.values())


def _not_yet_told(
    by_person: list[tuple[User, list[Told]]],
) -> list[tuple[User, list[Told]]]:
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


def _text(told: Sequence[Told]) -> str:
    """Return one notice: a sentence a stage, its sheets named with their branches."""
    sentences = []
    for offset in sorted({stage.offset for stage, _ in told}):
        stage = next(stage for stage, _ in told if stage.offset == offset)
        mine = [each for known, each in told if known.offset == offset]
        sentences.append(stage.text.replace("{items}", items(mine)))
    return "".join(sentences)


def items(found: Sequence[Obligation]) -> str:
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
    rest = f"等{len(named)}项" if len(named) > SHOWN else ""
    return "、".join(named[:SHOWN]) + rest


def _link(told: Sequence[Told]) -> str:
    """Return the page where the person acts: his home page, or the board of those he urges."""
    if any(Audience.CLERK in stage.audiences for stage, _ in told):
        return reverse("home")
    return f"{reverse('progress')}?period={told[0][1].period}"
