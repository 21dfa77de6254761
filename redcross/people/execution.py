"""The execution of account actions; `services.py` checks beforehand whether they are allowed."""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Callable

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.utils import timezone

from redcross.accounts.credentials import revoke_credentials
from redcross.accounts.models import RoleAssignment, RoleAssignmentQuerySet, User
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.rules import OVERSIGHT_ROLES, RoleScope
from redcross.uploads.choices import OPEN_STATES
from redcross.uploads.models import Upload

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # no characters that look alike
_LENGTH = 12


class PeopleError(Exception):
    """The action is impossible; the message says why, and nothing was changed."""


@dataclasses.dataclass(frozen=True, slots=True)
class ActionResult:
    """The result of an action: a one-time password, or the number of things changed."""

    password: str = ""
    count: int = 0


def execute_action(action: AccountAction, *, now: dt.datetime) -> ActionResult:
    """Execute an action inside the caller's transaction.

    Raises PeopleError if it changes nothing or would combine incompatible roles.
    """
    return _EXECUTORS[action.verb](action, now)


def generate_one_time_password() -> str:
    """Return a random password that is easy to read out on the telephone."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


def list_sessions(user: User) -> list[Session]:
    """Return the current sessions of a user, newest first."""
    sessions = [
        session
        for session in Session.objects.filter(expire_date__gt=timezone.now())
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return sorted(sessions, key=lambda session: session.expire_date, reverse=True)


def end_sessions(user: User, *, but: str = "") -> int:
    """End the sessions of a user except one; return how many ended."""
    others = [session for session in list_sessions(user) if session.session_key != but]
    for session in others:
        session.delete()
    return len(others)


def revoke_access(user: User, *, now: dt.datetime) -> int:
    """End the sessions of a user and revoke his API tokens; return how many there were."""
    return end_sessions(user) + revoke_credentials(user, now=now)


def _reset_password(action: AccountAction, now: dt.datetime) -> ActionResult:
    password = _set_password(action.person)
    revoke_access(action.person, now=now)
    return ActionResult(password=password)


def _reset_second_factor(action: AccountAction, now: dt.datetime) -> ActionResult:
    count, _ = Authenticator.objects.filter(user=action.person).delete()
    revoke_access(action.person, now=now)
    return ActionResult(count=count)


def _sign_out(action: AccountAction, now: dt.datetime) -> ActionResult:
    return ActionResult(count=revoke_access(action.person, now=now))


def _close_account(action: AccountAction, now: dt.datetime) -> ActionResult:
    _set_active(action.person, active=False)
    return ActionResult(count=revoke_access(action.person, now=now))


def _reopen_account(action: AccountAction, _now: dt.datetime) -> ActionResult:
    _set_active(action.person, active=True)
    return ActionResult(count=1)


def _edit_account(action: AccountAction, _now: dt.datetime) -> ActionResult:
    action.person.save()
    return ActionResult(count=1)


def _set_password(person: User) -> str:
    password = generate_one_time_password()
    person.set_password(password)
    person.must_change_password = True
    person.is_active = True
    person.save(update_fields=["password", "password_set_at", "must_change_password", "is_active"])
    return password


def _set_active(person: User, *, active: bool) -> None:
    person.is_active = active
    person.save(update_fields=["is_active"])


def _open_account(action: AccountAction, now: dt.datetime) -> ActionResult:
    """Grant a role; a user without a password gets a one-time password."""
    person, scope, today = action.person, action.scope, timezone.localdate(now)
    if scope is None:
        message = "请写明要授予的角色和机构。"
        raise PeopleError(message)
    is_changed = _grant(person, scope, action.starts_on or today, action.ends_on, today)
    return ActionResult(
        password="" if person.has_usable_password() else _set_password(person),
        count=int(is_changed),
    )


def _stand_in(action: AccountAction, now: dt.datetime) -> ActionResult:
    absent, deputy, until = action.person, action.receiver, action.ends_on
    today = timezone.localdate(now)
    if deputy is None or until is None:
        message = "请选择代理人并填写截止日期。"
        raise PeopleError(message)
    count = 0
    for assignment in absent.roles.on(today).select_related("branch"):
        # The role of a deputy's deputy ends when the deputy's own does.
        last = until if assignment.ends_on is None else min(until, assignment.ends_on)
        count += _grant(deputy, RoleScope.of(assignment), today, last, today)
    if not count:
        message = f"{deputy}已有{absent}的全部角色，无需代理。"
        raise PeopleError(message)
    return ActionResult(count=count)


def _hand_over(action: AccountAction, now: dt.datetime) -> ActionResult:
    leaving, successor, today = action.person, action.receiver, timezone.localdate(now)
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
    revoke_access(leaving, now=now)
    return ActionResult(count=moved)


def _grant(
    user: User, scope: RoleScope, starts_on: dt.date, ends_on: dt.date | None, today: dt.date
) -> bool:
    """Grant a role or extend an existing one; return whether anything changed."""
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


def _end_role(action: AccountAction, now: dt.datetime) -> ActionResult:
    """End a role on a day, or delete it if no day is given."""
    if action.scope is None:
        message = "请写明要结束的角色和机构。"
        raise PeopleError(message)
    standing = _assignments(action.person, action.scope).not_ended(timezone.localdate(now))
    if action.starts_on is not None:
        standing = standing.filter(starts_on=action.starts_on)
    if action.ends_on is None:
        count, _ = standing.delete()
    else:
        count = standing.update(ends_on=action.ends_on)
    return ActionResult(count=count)


def _assignments(user: User, scope: RoleScope) -> RoleAssignmentQuerySet:
    return user.roles.filter(
        role=scope.role, branch=scope.branch, domain=scope.domain, sheets=list(scope.sheets)
    )


_EXECUTORS: dict[ActionVerb, Callable[[AccountAction, dt.datetime], ActionResult]] = {
    ActionVerb.OPEN: _open_account,
    ActionVerb.RESET_PASSWORD: _reset_password,
    ActionVerb.RESET_SECOND_FACTOR: _reset_second_factor,
    ActionVerb.SIGN_OUT: _sign_out,
    ActionVerb.STAND_IN: _stand_in,
    ActionVerb.HAND_OVER: _hand_over,
    ActionVerb.GRANT_ROLE: _open_account,
    ActionVerb.END_ROLE: _end_role,
    ActionVerb.CLOSE_ACCOUNT: _close_account,
    ActionVerb.REOPEN_ACCOUNT: _reopen_account,
    ActionVerb.EDIT_ACCOUNT: _edit_account,
}
