"""Opening accounts, new passwords, stand-ins, and the hand-over of a clerk's work."""

import dataclasses
import datetime as dt
import secrets
from collections.abc import Iterable

from allauth.mfa.models import Authenticator
from django.contrib.sessions.models import Session
from django.db import transaction
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, User
from redcross.notices.services import notify
from redcross.people.models import AccountRequest
from redcross.people.rules import may_give, may_look_after
from redcross.uploads.choices import OPEN_STATES
from redcross.uploads.models import Upload

_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another on paper
_LENGTH = 12


class PeopleError(Exception):
    """What was asked cannot be done; the message says why, and nothing was changed."""


@dataclasses.dataclass(frozen=True, slots=True)
class Opened:
    """An account with the password its holder signs in with once."""

    user: User
    password: str


def one_time_password() -> str:
    """Return a password that can be read out on the telephone."""
    return "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))


@transaction.atomic
def open_accounts(requests: Iterable[AccountRequest], *, by: User, today: dt.date) -> list[Opened]:
    """Make the accounts asked for; a person who has one gets the role and keeps his password.

    Raises PeopleError where `by` may not give one of the roles: then none is made.
    """
    opened = []
    for request in requests:
        if not may_give(by, request.role, request.branch):
            message = f"您不能为{request.branch}开通“{request.get_role_display()}”。"
            raise PeopleError(message)
        user, created = User.objects.get_or_create(
            username=request.username,
            defaults={
                "display_name": request.display_name,
                "phone": request.office_phone,
                "email": request.email,
                "must_change_password": True,
            },
        )
        if not created and user.display_name != request.display_name:
            message = f"登录名“{request.username}”已属于{user.display_name}，请换一个登录名。"
            raise PeopleError(message)
        RoleAssignment.objects.get_or_create(
            user=user,
            role=request.role,
            branch=request.branch,
            domain=request.domain,
            sheets=[],
            defaults={"starts_on": today, "ends_on": request.ends_on},
        )
        password = one_time_password() if created else ""
        if created:
            user.set_password(password)
            user.save(update_fields=["password"])
        opened.append(Opened(user, password))
    return opened


@transaction.atomic
def reset_password(user: User, *, by: User) -> str:
    """Return a new password for one sign-in; every session of the person ends."""
    _require_care(by, user)
    password = one_time_password()
    user.set_password(password)
    user.must_change_password = True
    user.is_active = True
    user.save(update_fields=["password", "must_change_password", "is_active"])
    sign_out_everywhere(user)
    return password


def sessions_of(user: User) -> list[Session]:
    """Return a person's sessions that have not ended, the newest first."""
    found = [
        session
        for session in Session.objects.filter(expire_date__gt=timezone.now())
        if session.get_decoded().get("_auth_user_id") == str(user.pk)
    ]
    return sorted(found, key=lambda each: each.expire_date, reverse=True)


@transaction.atomic
def reset_second_factor(user: User, *, by: User) -> int:
    """Forget a person's authenticators, so that he sets up new ones; return how many there were."""
    _require_care(by, user)
    forgotten, _ = Authenticator.objects.filter(user=user).delete()
    sign_out_everywhere(user)
    return forgotten


def sign_out_everywhere(user: User, *, but: str = "") -> int:
    """End a person's sessions, but for one; return how many ended."""
    others = [each for each in sessions_of(user) if each.session_key != but]
    for each in others:
        each.delete()
    return len(others)


@transaction.atomic
def stand_in(
    absent: User, deputy: User, *, until: dt.date, by: User, now: dt.datetime
) -> list[RoleAssignment]:
    """Give a deputy the roles of one on leave until a day; they end by themselves.

    Raises PeopleError where the day has passed, or the deputy is the absent one.
    """
    today = timezone.localdate(now)
    if absent.pk == deputy.pk:
        message = "不能代理自己。"
        raise PeopleError(message)
    if until < today:
        message = "代理的截止日期不能早于今天。"
        raise PeopleError(message)
    _require_care(by, absent)
    given = []
    for each in absent.roles.on(today).select_related("branch"):
        if each.role in (Role.ADMINISTRATOR, Role.AUDITOR):
            continue
        assignment, created = RoleAssignment.objects.get_or_create(
            user=deputy,
            role=each.role,
            branch=each.branch,
            domain=each.domain,
            sheets=each.sheets,
            defaults={"starts_on": today, "ends_on": until},
        )
        if created:
            given.append(assignment)
    if not given:
        message = f"{deputy}已有{absent}的全部角色，无需代理。"
        raise PeopleError(message)
    notify([deputy], f"您代理{absent}的工作，至{until}止。", sent_by=by, now=now)
    return given


@transaction.atomic
def hand_over(leaving: User, successor: User, *, by: User, now: dt.datetime) -> int:
    """Give a leaving person's roles and open uploads to another; his account is closed.

    Returns how many uploads changed hands. What is effective keeps its author.
    """
    today = timezone.localdate(now)
    if leaving.pk == successor.pk:
        message = "不能移交给自己。"
        raise PeopleError(message)
    _require_care(by, leaving)
    for each in leaving.roles.on(today):
        RoleAssignment.objects.get_or_create(
            user=successor,
            role=each.role,
            branch_id=each.branch_id,
            domain=each.domain,
            sheets=each.sheets,
            defaults={"starts_on": today, "ends_on": each.ends_on},
        )
    moved = Upload.objects.filter(uploaded_by=leaving, state__in=OPEN_STATES).update(
        uploaded_by=successor
    )
    leaving.roles.on(today).filter(starts_on=today).delete()
    leaving.roles.on(today).update(ends_on=today - dt.timedelta(days=1))
    leaving.is_active = False
    leaving.save(update_fields=["is_active"])
    sign_out_everywhere(leaving)
    notify([successor], f"{leaving}的工作已移交给您，其中在办报送{moved}份。", sent_by=by, now=now)
    return moved


def _require_care(by: User, user: User) -> None:
    held = list(user.roles.on(timezone.localdate()).select_related("branch__parent"))
    if user.pk == by.pk or not held or not all(may_look_after(by, each.branch) for each in held):
        message = f"{user}的账户不归您管理；请找其上一级或系统管理员。"
        raise PeopleError(message)
