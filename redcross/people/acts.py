"""What each act on an account changes; whether it may be done is asked in `services.py`."""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.utils import timezone

from redcross.accounts.credentials import revoke_credentials
from redcross.accounts.models import RoleAssignment, RoleAssignmentQuerySet, User
from redcross.people.choices import Verb
from redcross.people.disposals import Disposal
from redcross.people.rules import OVERSIGHT_ROLES, RoleScope
from redcross.uploads.choices import OPEN_STATES
from redcross.uploads.models import Upload

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another on paper
_LENGTH = 12


class PeopleError(Exception):
    """What was asked cannot be done; the message says why, and nothing was changed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Result:
    """What came of an act: a password for one sign-in, or how many things it touched."""

    password: str = ""
    count: int = 0


def execute(disposal: Disposal, *, now: dt.datetime) -> Result:
    """Do what the disposal says, inside the caller's transaction.

    Raises PeopleError where it changes nothing, or would join roles nobody may have together.
    """
    return _EXECUTORS[disposal.verb](disposal, now)


def one_time_password() -> str:
    """Return a password that can be read out on the telephone."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def sessions_of(user: User) -> list[Session]:
    """Return a person's sessions that have not ended, the newest first."""
    sessions = [
        session
        for session in Session.objects.filter(expire_date__gt=timezone.now())
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return sorted(sessions, key=lambda session: session.expire_date, reverse=True)


def end_sessions(user: User, *, but: str = "") -> int:
    """End a person's sessions, but for one; return how many ended."""
    others = [session for session in sessions_of(user) if session.session_key != but]
    for session in others:
        session.delete()
    return len(others)


def end_access(user: User, *, now: dt.datetime) -> int:
    """End a person's sessions and the tokens of his programs; return how many ended."""
    return end_sessions(user) + revoke_credentials(user, now=now)


def _reset_password(disposal: Disposal, now: dt.datetime) -> Result:
    password = _set_password(disposal.person)
    end_access(disposal.person, now=now)
    return Result(password=password)


def _reset_second_factor(disposal: Disposal, now: dt.datetime) -> Result:
    count, _ = Authenticator.objects.filter(user=disposal.person).delete()
    end_access(disposal.person, now=now)
    return Result(count=count)


def _sign_out(disposal: Disposal, now: dt.datetime) -> Result:
    return Result(count=end_access(disposal.person, now=now))


def _close_account(disposal: Disposal, now: dt.datetime) -> Result:
    _set_active(disposal.person, active=False)
    return Result(count=end_access(disposal.person, now=now))


def _reopen_account(disposal: Disposal, _now: dt.datetime) -> Result:
    _set_active(disposal.person, active=True)
    return Result(count=1)


def _edit_account(disposal: Disposal, _now: dt.datetime) -> Result:
    disposal.person.save()
    return Result(count=1)


def _set_password(person: User) -> str:
    password = one_time_password()
    person.set_password(password)
    person.must_change_password = True
    person.is_active = True
    person.save(update_fields=["password", "password_set_at", "must_change_password", "is_active"])
    return password


def _set_active(person: User, *, active: bool) -> None:
    person.is_active = active
    person.save(update_fields=["is_active"])


def _open(disposal: Disposal, now: dt.datetime) -> Result:
    """Give a role; a person who never had a password gets one for one sign-in."""
    person, scope, today = disposal.person, disposal.scope, timezone.localdate(now)
    if scope is None:
        message = "请写明要授予的角色和机构。"
        raise PeopleError(message)
    is_changed = _grant(person, scope, disposal.starts_on or today, disposal.ends_on, today)
    return Result(
        password="" if person.has_usable_password() else _set_password(person),
        count=int(is_changed),
    )


def _stand_in(disposal: Disposal, now: dt.datetime) -> Result:
    absent, deputy, until = disposal.person, disposal.receiver, disposal.ends_on
    today = timezone.localdate(now)
    if deputy is None or until is None:
        message = "请选择代理人并填写截止日期。"
        raise PeopleError(message)
    count = 0
    for assignment in absent.roles.on(today).select_related("branch"):
        # A deputy's deputy stands in no longer than he does.
        last = until if assignment.ends_on is None else min(until, assignment.ends_on)
        count += _grant(deputy, RoleScope.of(assignment), today, last, today)
    if not count:
        message = f"{deputy}已有{absent}的全部角色，无需代理。"
        raise PeopleError(message)
    return Result(count=count)


def _hand_over(disposal: Disposal, now: dt.datetime) -> Result:
    leaving, successor, today = disposal.person, disposal.receiver, timezone.localdate(now)
    if successor is None:
        message = "请选择接手人。"
        raise PeopleError(message)
    for assignment in leaving.roles.not_ended(today).select_related("branch"):
        starts_on = max(today, assignment.starts_on)
        _grant(successor, RoleScope.of(assignment), starts_on, assignment.ends_on, today)
    moved = Upload.objects.filter(uploaded_by=leaving, state__in=OPEN_STATES).update(
        uploaded_by=successor
    )
    leaving.roles.filter(starts_on__gte=today).delete()
    leaving.roles.on(today).update(ends_on=today - dt.timedelta(days=1))
    _set_active(leaving, active=False)
    end_access(leaving, now=now)
    return Result(count=moved)


def _grant(
    user: User, scope: RoleScope, starts_on: dt.date, ends_on: dt.date | None, today: dt.date
) -> bool:
    """Give a role, or let one that stands last longer; tell whether anything changed."""
    if scope.role in OVERSIGHT_ROLES:
        others = user.roles.not_ended(today).filter(role__in=OVERSIGHT_ROLES)
        if others.exclude(role=scope.role).exists():
            message = "系统管理员与安全审计员不能由同一人担任。"
            raise PeopleError(message)
    standing = _assignments(user, scope).not_ended(today).order_by("starts_on").first()
    if standing is None:
        RoleAssignment.objects.create(
            user=user,
            role=scope.role,
            branch=scope.branch,
            domain=scope.domain,
            sheets=list(scope.sheets),
            starts_on=starts_on,
            ends_on=ends_on,
        )
        return True
    lasts_longer = standing.ends_on is not None and (ends_on is None or ends_on > standing.ends_on)
    begins_earlier = starts_on < standing.starts_on
    if lasts_longer:
        standing.ends_on = ends_on
    if begins_earlier:
        standing.starts_on = starts_on
    standing.save(update_fields=["starts_on", "ends_on"])
    return lasts_longer or begins_earlier


def _end_role(disposal: Disposal, now: dt.datetime) -> Result:
    """Let a role end on a day; without one it is taken away, as if never given."""
    if disposal.scope is None:
        message = "请写明要结束的角色和机构。"
        raise PeopleError(message)
    standing = _assignments(disposal.person, disposal.scope).not_ended(timezone.localdate(now))
    if disposal.starts_on is not None:
        standing = standing.filter(starts_on=disposal.starts_on)
    if disposal.ends_on is None:
        count, _ = standing.delete()
    else:
        count = standing.update(ends_on=disposal.ends_on)
    return Result(count=count)


def _assignments(user: User, scope: RoleScope) -> RoleAssignmentQuerySet:
    return user.roles.filter(
        role=scope.role, branch=scope.branch, domain=scope.domain, sheets=list(scope.sheets)
    )


_EXECUTORS: dict[Verb, Callable[[Disposal, dt.datetime], Result]] = {
    Verb.OPEN: _open,
    Verb.RESET_PASSWORD: _reset_password,
    Verb.RESET_SECOND_FACTOR: _reset_second_factor,
    Verb.SIGN_OUT: _sign_out,
    Verb.STAND_IN: _stand_in,
    Verb.HAND_OVER: _hand_over,
    Verb.GRANT_ROLE: _open,
    Verb.END_ROLE: _end_role,
    Verb.CLOSE_ACCOUNT: _close_account,
    Verb.REOPEN_ACCOUNT: _reopen_account,
    Verb.EDIT_ACCOUNT: _edit_account,
}
