"""Account actions: the one place that checks, executes, confirms and reports them.

An action on an account affects every current and future role of its user, so the actor must be
allowed to act on all of them. Nobody acts on himself or to his own benefit. For roles that
`rules.py` names a second administrator is required: the action becomes a request and is
executed when another administrator confirms it.
"""

import dataclasses
import datetime as dt
from collections.abc import Iterable

from django.db import IntegrityError, transaction
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.models import RoleAssignment, SafetySettings, User
from redcross.accounts.rules import has_role
from redcross.audit.choices import Act
from redcross.notices.services import notify
from redcross.people.account_actions import (
    AccountAction,
    affected_scopes,
    list_role_scopes,
    log_action,
    notify_person,
    notify_supervisors,
)
from redcross.people.choices import ActionVerb, RequestState
from redcross.people.execution import ActionResult, PeopleError, execute_action
from redcross.people.models import AccountActionRequest, AccountRequest
from redcross.people.rules import RoleScope, describe_authority, may_act_on, needs_confirmation

_WITHOUT_ROLES = (ActionVerb.EDIT_ACCOUNT, ActionVerb.CLOSE_ACCOUNT, ActionVerb.REOPEN_ACCOUNT)
"""What an administrator may do to an account without roles."""


class ActionRefusedError(PeopleError):
    """The actor may not do this; the message says who may."""

    def __init__(self, action: AccountAction, message: str) -> None:
        super().__init__(message)
        self.action = action


@dataclasses.dataclass(frozen=True, slots=True)
class ActionOutcome:
    """The outcome of performing an action."""

    action: AccountAction
    result: ActionResult = dataclasses.field(default_factory=ActionResult)
    request: AccountActionRequest | None = None
    """Set if a second administrator must confirm: nothing is executed yet."""


@transaction.atomic
def perform(action: AccountAction, *, by: User, now: dt.datetime) -> ActionOutcome:
    """Execute an action, or request confirmation by a second administrator if required.

    Raises ActionRefusedError if `by` may not, PeopleError if it is impossible.
    """
    check_action(action, by=by, now=now)
    if requires_confirmation(action, by=by, now=now):
        return ActionOutcome(action, request=_request_confirmation(action, by=by, now=now))
    return ActionOutcome(action, _execute_and_notify(action, actors=(by,), now=now))


def check_action(action: AccountAction, *, by: User, now: dt.datetime) -> None:
    """Raise ActionRefusedError unless `by` may act on every affected role."""
    today, verb, person = timezone.localdate(now), action.verb, action.person
    _check_people(action, by=by, today=today)
    scopes = affected_scopes(action, today)
    if not scopes and not (verb in _WITHOUT_ROLES and has_role(by, [Role.ADMINISTRATOR])):
        message = f"{person}目前没有任何角色；请先由系统管理员或上一级开通角色。"
        raise ActionRefusedError(action, message)
    for scope in scopes:
        if not may_act_on(by, scope, verb):
            who = describe_authority(scope, verb)
            if verb is ActionVerb.OPEN and scope is action.scope:
                message = f"您不能为{scope.branch}开通“{Role(scope.role).label}”：{who}"
            else:
                message = f"您不能为{person}{verb.label}：{who}"
            raise ActionRefusedError(action, message)
    if verb is ActionVerb.STAND_IN:
        _check_until(action.ends_on, today)


def _check_people(action: AccountAction, *, by: User, today: dt.date) -> None:
    person, receiver = action.person, action.receiver
    if person.pk == by.pk:
        scopes = list_role_scopes(person, today)
        who = describe_authority(scopes[0], action.verb) if scopes else "请找上一级或系统管理员。"
        message = f"不能办理自己的账户：{who}"
        raise ActionRefusedError(action, message)
    if person.is_service or (receiver is not None and receiver.is_service):
        message = "服务账户由部署人员用命令行维护，不在这里办理。"
        raise ActionRefusedError(action, message)
    if receiver is None:
        return
    if receiver.pk == person.pk:
        message = "不能代理自己。" if action.verb is ActionVerb.STAND_IN else "不能移交给自己。"
        raise PeopleError(message)
    if receiver.pk == by.pk:
        message = "不能指定自己为代理人或接手人；须由您接手的，请由其他有权办理的人办理。"
        raise ActionRefusedError(action, message)
    if not receiver.is_active:
        message = f"{receiver}的账户已停用，不能接手。"
        raise PeopleError(message)


def _check_until(until: dt.date | None, today: dt.date) -> None:
    longest = SafetySettings.current().stand_in_days
    if until is None or until < today:
        message = "代理的截止日期不能早于今天。"
        raise PeopleError(message)
    if (until - today).days > longest:
        last = today + dt.timedelta(days=longest)
        message = f"代理最长{longest}天，截止日期最晚为{last:%Y年%m月%d日}；更久的请办理移交。"
        raise PeopleError(message)


def requires_confirmation(action: AccountAction, *, by: User, now: dt.datetime) -> bool:
    """Return whether a second administrator must confirm this action.

    Granting a role depends on that role only, not on the user's others. The only administrator
    of a portal creates the second one alone, as nobody could confirm it.
    """
    today, verb = timezone.localdate(now), action.verb
    about_one = action.scope is not None
    scopes = (action.scope,) if action.scope else affected_scopes(action, today)
    if not any(needs_confirmation(scope, verb) for scope in scopes):
        return False
    makes_administrator = about_one and all(scope.role == Role.ADMINISTRATOR for scope in scopes)
    if verb in (ActionVerb.OPEN, ActionVerb.GRANT_ROLE) and makes_administrator:
        return _is_there_another_administrator(by, today)
    return True


def _is_there_another_administrator(by: User, today: dt.date) -> bool:
    assignments = RoleAssignment.objects.on(today).filter(
        role=Role.ADMINISTRATOR, user__is_active=True, user__is_service=False
    )
    return assignments.exclude(user=by).exists()


def _execute_and_notify(
    action: AccountAction, *, actors: tuple[User, ...], now: dt.datetime
) -> ActionResult:
    """Execute an action and notify the user, the level above and the auditors."""
    scopes = affected_scopes(action, timezone.localdate(now))
    was_active = action.person.is_active
    if was_active:  # a user whose account the action closes is notified before it
        notify_person(action, actors=actors, now=now)
    result = execute_action(action, now=now)
    if not was_active:
        notify_person(action, actors=actors, now=now)
    if action.receiver is not None:
        _notify_receiver(action, result, sent_by=actors[0], now=now)
    notify_supervisors([action], scopes, actors=actors, now=now)
    log_action(action, actor=actors[-1])
    return result


def _notify_receiver(
    action: AccountAction, result: ActionResult, *, sent_by: User, now: dt.datetime
) -> None:
    person, receiver = action.person, action.receiver
    if action.verb is ActionVerb.STAND_IN:
        text = f"您代理{person}的工作，至{action.ends_on}止。"
    else:
        text = f"{person}的工作已移交给您，其中在办报送{result.count}份。"
    notify([receiver] if receiver else [], text, sent_by=sent_by, now=now)


# Two administrators ---------------------------------------------------------------------


def _request_confirmation(
    action: AccountAction, *, by: User, now: dt.datetime
) -> AccountActionRequest:
    AccountActionRequest.objects.overdue(now).update(state=RequestState.EXPIRED)
    scope = action.scope
    try:
        with transaction.atomic():
            request = AccountActionRequest.objects.create(
                verb=action.verb,
                person=action.person,
                receiver=action.receiver,
                role=scope.role if scope else "",
                branch=scope.branch if scope else None,
                domain=scope.domain if scope else "",
                sheets=list(scope.sheets) if scope else [],
                starts_on=action.starts_on,
                ends_on=action.ends_on,
                asked_by=by,
                asked_at=now,
            )
    except IntegrityError as error:
        if "disposal_waits_once" not in str(error):
            raise
        message = f"{action.person}的“{action.verb.label}”已有人提出，正待另一名系统管理员确认。"
        raise PeopleError(message) from error
    today = timezone.localdate(now)
    scopes = affected_scopes(action, today)
    text = f"{by}提出为{action.person}办理：{action}，待另一名系统管理员在七天内确认。"
    confirmers = [user for user in _administrators(today) if may_confirm(user, request, now=now)]
    notify(confirmers, text, link="/people/confirmations/", sent_by=by, now=now)
    concerned = [user for user in (action.person, action.receiver) if user is not None]
    notify(concerned, text, link="/people/me/", sent_by=by, now=now)
    notify_supervisors([action], scopes, actors=(by,), now=now, remark="（已提出，待确认）")
    log_action(action, actor=by)
    return request


def _administrators(day: dt.date) -> list[User]:
    assignments = RoleAssignment.objects.on(day).filter(role=Role.ADMINISTRATOR)
    return list(User.objects.filter(pk__in=assignments.values("user"), is_active=True))


def may_confirm(actor: User, request: AccountActionRequest, *, now: dt.datetime) -> bool:
    """Return whether the user may confirm a request as second administrator."""
    if actor.pk in (request.asked_by_id, request.person_id, request.receiver_id):
        return False
    return may_decide(actor, request, now=now)


def may_decide(actor: User, request: AccountActionRequest, *, now: dt.datetime) -> bool:
    """Return whether the user may see and decline a request: he could have made it himself."""
    action = AccountAction.of(request)
    scopes = affected_scopes(action, timezone.localdate(now))
    return (
        has_role(actor, [Role.ADMINISTRATOR])
        and bool(scopes)
        and actor.pk not in (request.person_id, request.receiver_id)
        and all(may_act_on(actor, scope, action.verb) for scope in scopes)
    )


@transaction.atomic
def confirm_request(request_id: int, *, by: User, now: dt.datetime) -> ActionOutcome:
    """Confirm and execute the request of another administrator.

    Raises ActionRefusedError if one of the two may not (any more), PeopleError if the request
    has been decided or is too old.
    """
    request = _lock_request(request_id, now=now)
    action = AccountAction.of(request)
    if by.pk == request.asked_by_id:
        message = "自己提出的事项须由另一名系统管理员确认。"
        raise ActionRefusedError(action, message)
    check_action(action, by=by, now=now)
    if not request.asked_by.is_active:
        message = "提出人的账户已停用，请另行提出。"
        raise PeopleError(message)
    check_action(action, by=request.asked_by, now=now)
    if not may_confirm(by, request, now=now):
        message = "须由提出人、当事人和接手人以外的系统管理员确认。"
        raise ActionRefusedError(action, message)
    result = _execute_and_notify(action, actors=(request.asked_by, by), now=now)
    _close_request(request, RequestState.CONFIRMED, by=by, now=now)
    text = f"{by}已确认您提出的事项：为{action.person}{action}。"
    notify([request.asked_by], text, sent_by=by, now=now)
    return ActionOutcome(action, result)


@transaction.atomic
def decline_request(request_id: int, *, by: User, now: dt.datetime) -> AccountActionRequest:
    """Decline a request; the requesting administrator withdraws it the same way.

    Raises ActionRefusedError if `by` may not, PeopleError if it has been decided.
    """
    request = _lock_request(request_id, now=now)
    action = AccountAction.of(request)
    if not may_decide(by, request, now=now):
        message = "须由提出人或另一名系统管理员办理。"
        raise ActionRefusedError(action, message)
    _close_request(request, RequestState.DECLINED, by=by, now=now)
    people = [request.asked_by, action.person]
    text = f"{by}未通过：为{action.person}{action}。"
    notify([user for user in people if user.pk != by.pk], text, sent_by=by, now=now)
    scopes = affected_scopes(action, timezone.localdate(now))
    notify_supervisors([action], scopes, actors=(by,), now=now, remark="（未通过，没有改动）")
    return request


def _lock_request(request_id: int, *, now: dt.datetime) -> AccountActionRequest:
    request = (
        AccountActionRequest.objects.select_for_update(of=("self",))
        .select_related("person", "receiver", "asked_by", "branch__parent")
        .get(pk=request_id)
    )
    if request.state != RequestState.WAITING:
        message = "这一事项已经办理过了。"
        raise PeopleError(message)
    if request.asked_at <= now - AccountActionRequest.CONFIRMED_WITHIN:
        message = "这一事项已超过七天，请重新提出。"
        raise PeopleError(message)
    return request


def _close_request(
    request: AccountActionRequest, state: str, *, by: User, now: dt.datetime
) -> None:
    request.state, request.decided_by, request.decided_at = state, by, now
    request.save(update_fields=["state", "decided_by", "decided_at"])


# Accounts requested by a workbook -------------------------------------------------------


@transaction.atomic
def open_accounts(
    requests: Iterable[AccountRequest], *, by: User, now: dt.datetime
) -> list[ActionOutcome]:
    """Create requested accounts; a user with an account gets the role and keeps his password.

    If a role needs a second administrator, the account is created without role and password;
    both are added on confirmation. Raises PeopleError if `by` may not grant one of the roles or
    a name belongs to another user: then no account is created.
    """
    outcomes = []
    for request in requests:
        person = _find_or_build_user(request)
        action = AccountAction(
            ActionVerb.OPEN, person, scope=RoleScope.of(request), ends_on=request.ends_on
        )
        check_action(action, by=by, now=now)
        if person._state.adding:
            person.set_unusable_password()
            person.save()
        if requires_confirmation(action, by=by, now=now):
            outcomes.append(
                ActionOutcome(action, request=_request_confirmation(action, by=by, now=now))
            )
            continue
        result = execute_action(action, now=now)
        notify_person(action, actors=(by,), now=now)
        log_action(action, actor=by)
        outcomes.append(ActionOutcome(action, result))
    _notify_of_openings(
        [outcome for outcome in outcomes if outcome.request is None], by=by, now=now
    )
    return outcomes


def _find_or_build_user(request: AccountRequest) -> User:
    """Return the user with that name, or a new one that is not saved yet."""
    person = User.objects.filter(username=request.username).first()
    if person is None:
        return User(
            username=request.username,
            display_name=request.display_name,
            phone=request.office_phone,
            email=request.email,
            must_change_password=True,
        )
    if person.display_name != request.display_name:
        message = f"登录名“{request.username}”已属于{person.display_name}，请换一个登录名。"
        raise PeopleError(message)
    return person


def _notify_of_openings(outcomes: list[ActionOutcome], *, by: User, now: dt.datetime) -> None:
    actions = [outcome.action for outcome in outcomes]
    scopes = [action.scope for action in actions if action.scope is not None]
    notify_supervisors(actions, scopes, actors=(by,), now=now)


def log_refusal(error: ActionRefusedError, *, by: User) -> None:
    """Write a refused action into the access log."""
    log_action(error.action, actor=by, act=Act.REFUSED)
