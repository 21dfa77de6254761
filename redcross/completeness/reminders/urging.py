"""催报: a user of the level above asks the clerks of branches for what is outstanding."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction
from django.urls import reverse

from redcross.accounts.models import User
from redcross.completeness.models import Urging
from redcross.completeness.obligations.evaluate import Obligation
from redcross.completeness.reminders.recipients import load_role_directory
from redcross.completeness.reminders.scheduled import describe_obligations
from redcross.notices.services import notify
from redcross.periods import business_date

_ADVISORY_LOCK = 530_041
_ObligationKey = tuple[int, str, dt.date, dt.date]


@dataclasses.dataclass(frozen=True, slots=True)
class UrgingResult:
    """Names of the notified clerks, and of the branches by what became of their obligations."""

    recipients: tuple[str, ...]
    branches: tuple[str, ...]
    already_urged: tuple[str, ...]
    branches_without_clerk: tuple[str, ...]


def send_urging(obligations: Sequence[Obligation], *, user: User, now: dt.datetime) -> UrgingResult:
    """Urge for what is outstanding (催报), at most once an hour for the same obligation."""
    outstanding = [obligation for obligation in obligations if obligation.is_outstanding]
    with transaction.atomic():
        # Of two users who urge at once the second waits here and finds it done.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        quiet = set(
            Urging.objects.filter(quiet_until__gt=now).values_list(
                "branch", "sheet", "first_month", "last_month"
            )
        )
        fresh = [obligation for obligation in outstanding if obligation.key not in quiet]
        directory = load_role_directory(business_date(now))
        clerks = {
            obligation.key: directory.clerks(obligation.branch, obligation.sheet.key)
            for obligation in fresh
        }
        reachable = [obligation for obligation in fresh if clerks[obligation.key]]
        _record_urgings(reachable, clerks, user=user, now=now)
        recipients = _notify_clerks(fresh, clerks, user=user, now=now)
    return UrgingResult(
        recipients=tuple(recipients),
        branches=_branch_names(reachable),
        already_urged=_branch_names(item for item in outstanding if item.key in quiet),
        branches_without_clerk=_branch_names(item for item in fresh if not clerks[item.key]),
    )


def _record_urgings(
    obligations: Iterable[Obligation],
    clerks: Mapping[_ObligationKey, list[User]],
    *,
    user: User,
    now: dt.datetime,
) -> None:
    Urging.objects.bulk_create(
        Urging(
            branch=obligation.branch,
            sheet=obligation.sheet.key,
            first_month=obligation.period.start,
            last_month=obligation.period.last,
            by=user,
            at=now,
            quiet_until=now + Urging.QUIET,
            recipients=[str(clerk) for clerk in clerks[obligation.key]],
        )
        for obligation in obligations
    )


def _notify_clerks(
    obligations: Sequence[Obligation],
    clerks: Mapping[_ObligationKey, list[User]],
    *,
    user: User,
    now: dt.datetime,
) -> list[str]:
    users = {clerk.pk: clerk for group in clerks.values() for clerk in group}
    for clerk in users.values():
        items = [obligation for obligation in obligations if clerk in clerks[obligation.key]]
        notify(
            [clerk],
            f"请尽快报送：{describe_obligations(items)}。",
            link=reverse("home"),
            sent_by=user,
            now=now,
        )
    return [str(clerk) for clerk in users.values()]


def _branch_names(obligations: Iterable[Obligation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(obligation.branch) for obligation in obligations))
