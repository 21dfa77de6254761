"""What the level above decides about obligations: to excuse, to urge, to open closed months."""

import dataclasses
import datetime as dt
from collections.abc import Iterable, Sequence

from django.db import connection, transaction
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.rules import REVIEW_ROLES, has_role
from redcross.branches.models import Branch
from redcross.completeness.models import Exemption, Urging
from redcross.completeness.obligations import Obligation
from redcross.completeness.recipients import load_role_directory
from redcross.completeness.reminders import describe_obligations
from redcross.errors import RefusedError
from redcross.notices.services import notify
from redcross.periods import Period, business_date

DECIDING_ROLES = (*REVIEW_ROLES, Role.OFFICE)
_ADVISORY_LOCK = 530_041


def may_decide_for(user: User, branch: Branch) -> bool:
    """Tell whether a person of the level above may excuse or urge a branch."""
    return has_role(user, DECIDING_ROLES, branch.parent or branch)


def grant_exemption(
    branch: Branch,
    period: Period,
    *,
    user: User,
    reason: str,
    now: dt.datetime,
    sheet: str = "",
    with_below: bool = False,
) -> Exemption:
    """Excuse a branch from a sheet, or from all, for some months; raise RefusedError."""
    if not may_decide_for(user, branch):
        raise RefusedError("exemption.not_allowed", f"{branch}的免报由其上一级红十字会批准。")
    if period.first is None:
        raise RefusedError("period.unknown", "免报须有起止月份。")
    if not reason.strip():
        raise RefusedError("exemption.no_reason", "请写明免报原因。")
    return Exemption.objects.create(
        branch=branch,
        with_below=with_below,
        sheet=sheet,
        first_month=period.start,
        last_month=period.last,
        reason=reason.strip(),
        granted_by=user,
        granted_at=now,
    )


def revoke_exemption(exemption: Exemption, *, user: User, now: dt.datetime) -> Exemption:
    """Take an exemption back; it stays in the list with who did so. Raise RefusedError."""
    if not may_decide_for(user, exemption.branch):
        raise RefusedError("exemption.not_allowed", "免报由批准的一级撤销。")
    with transaction.atomic():
        held = Exemption.objects.select_for_update().get(pk=exemption.pk)
        if held.revoked_at is not None:
            raise RefusedError("exemption.revoked", "该项免报已撤销，请刷新页面。")
        held.revoked_by, held.revoked_at = user, now
        held.save(update_fields=["revoked_by", "revoked_at"])
    return held


@dataclasses.dataclass(frozen=True, slots=True)
class UrgingResult:
    """What came of urging: who was told, what had been urged just before, who is missing."""

    told: tuple[str, ...]
    branches: tuple[str, ...]
    already_urged: tuple[str, ...]
    branches_without_clerk: tuple[str, ...]


def send_urging(found: Sequence[Obligation], *, user: User, now: dt.datetime) -> UrgingResult:
    """Ask for what is outstanding (催报), once an hour at most for the same obligation."""
    outstanding = [each for each in found if each.outstanding]
    with transaction.atomic():
        # Two who press the button at once: the second waits, and finds it done.
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_ADVISORY_LOCK])
        quiet = set(
            Urging.objects.filter(quiet_until__gt=now).values_list(
                "branch", "sheet", "first_month", "last_month"
            )
        )
        fresh = [each for each in outstanding if each.key not in quiet]
        people = load_role_directory(business_date(now))
        clerks = {each.key: people.clerks(each.branch, each.sheet.key) for each in fresh}
        _record_urgings((each for each in fresh if clerks[each.key]), clerks, user=user, now=now)
        told = _notify_clerks(fresh, clerks, user=user, now=now)
    return UrgingResult(
        told=tuple(told),
        branches=_branch_names(each for each in fresh if clerks[each.key]),
        already_urged=_branch_names(each for each in outstanding if each.key in quiet),
        branches_without_clerk=_branch_names(each for each in fresh if not clerks[each.key]),
    )


_ObligationKey = tuple[int, str, dt.date, dt.date]


def _record_urgings(
    found: Iterable[Obligation],
    clerks: dict[_ObligationKey, list[User]],
    *,
    user: User,
    now: dt.datetime,
) -> None:
    Urging.objects.bulk_create(
        Urging(
            branch=each.branch,
            sheet=each.sheet.key,
            first_month=each.period.start,
            last_month=each.period.last,
            by=user,
            at=now,
            quiet_until=now + Urging.QUIET,
            told=[str(clerk) for clerk in clerks[each.key]],
        )
        for each in found
    )


def _notify_clerks(
    found: Sequence[Obligation],
    clerks: dict[_ObligationKey, list[User]],
    *,
    user: User,
    now: dt.datetime,
) -> list[str]:
    people = {clerk.pk: clerk for held in clerks.values() for clerk in held}
    for clerk in people.values():
        mine = [each for each in found if clerk in clerks[each.key]]
        notify(
            [clerk],
            f"请尽快报送：{describe_obligations(mine)}。",
            link=reverse("home"),
            sent_by=user,
            now=now,
        )
    return [str(clerk) for clerk in people.values()]


def _branch_names(found: Iterable[Obligation]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(str(each.branch) for each in found))
