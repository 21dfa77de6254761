"""Acts on accounts: who may do them is asked here, once for every way that leads to them.

An act on an account reaches every role its holder has or will have, so the actor must
dispose of all of them. Nobody acts on himself or to his own benefit. Roles that `rules.py`
names need a second administrator: the act then becomes a request, and is done when another
confirms it.
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
from redcross.people.acts import PeopleError, Result, execute
from redcross.people.choices import RequestState, Verb
from redcross.people.disposals import (
    Disposal,
    affected_scopes,
    log_disposal,
    scopes_of,
    tell_person,
    tell_supervisors,
)
from redcross.people.models import AccountRequest, DisposalRequest
from redcross.people.rules import (
    RoleScope,
    describe_authority,
    may_dispose,
    needs_confirmation,
)

_WITHOUT_ROLES = (Verb.EDIT_ACCOUNT, Verb.CLOSE_ACCOUNT, Verb.REOPEN_ACCOUNT)
"""What an administrator does to an account that has no role."""


class DisposalRefusedError(PeopleError):
    """The actor may not do this; the message says who may."""

    def __init__(self, disposal: Disposal, message: str) -> None:
        super().__init__(message)
        self.disposal = disposal


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """What came of asking for an act."""

    disposal: Disposal
    result: Result = dataclasses.field(default_factory=Result)
    request: DisposalRequest | None = None
    """Where a second administrator must confirm: nothing is done yet."""


@transaction.atomic
def perform(disposal: Disposal, *, by: User, now: dt.datetime) -> Outcome:
    """Do an act, or ask a second administrator for it where the role wants two.

    Raises DisposalRefusedError where `by` may not, PeopleError where it cannot be done.
    """
    check_disposal(disposal, by=by, now=now)
    if requires_confirmation(disposal, by=by, now=now):
        return Outcome(disposal, request=_ask(disposal, by=by, now=now))
    return Outcome(disposal, _do(disposal, actors=(by,), now=now))


def check_disposal(disposal: Disposal, *, by: User, now: dt.datetime) -> None:
    """Raise DisposalRefusedError unless `by` may do this to every role it reaches."""
    today, verb, person = timezone.localdate(now), disposal.verb, disposal.person
    _check_people(disposal, by=by, today=today)
    scopes = affected_scopes(disposal, today)
    if not scopes and not (verb in _WITHOUT_ROLES and has_role(by, [Role.ADMINISTRATOR])):
        message = f"{person}目前没有任何角色；请先由系统管理员或上一级开通角色。"
        raise DisposalRefusedError(disposal, message)
    for scope in scopes:
        if not may_dispose(by, scope, verb):
            who = describe_authority(scope, verb)
            if verb is Verb.OPEN and scope is disposal.scope:
                message = f"您不能为{scope.branch}开通“{Role(scope.role).label}”：{who}"
            else:
                message = f"您不能为{person}{verb.label}：{who}"
            raise DisposalRefusedError(disposal, message)
    if verb is Verb.STAND_IN:
        _check_until(disposal.ends_on, today)


def _check_people(disposal: Disposal, *, by: User, today: dt.date) -> None:
    person, receiver = disposal.person, disposal.receiver
    if person.pk == by.pk:
        scopes = scopes_of(person, today)
        who = describe_authority(scopes[0], disposal.verb) if scopes else "请找上一级或系统管理员。"
        message = f"不能办理自己的账户：{who}"
        raise DisposalRefusedError(disposal, message)
    if person.is_service or (receiver is not None and receiver.is_service):
        message = "服务账户由部署人员用命令行维护，不在这里办理。"
        raise DisposalRefusedError(disposal, message)
    if receiver is None:
        return
    if receiver.pk == person.pk:
        message = "不能代理自己。" if disposal.verb is Verb.STAND_IN else "不能移交给自己。"
        raise PeopleError(message)
    if receiver.pk == by.pk:
        message = "不能指定自己为代理人或接手人；须由您接手的，请由其他有权办理的人办理。"
        raise DisposalRefusedError(disposal, message)
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


def requires_confirmation(disposal: Disposal, *, by: User, now: dt.datetime) -> bool:
    """Return whether a second administrator must confirm this act.

    Giving a role asks for that role alone: it takes nothing of the person's others over. The
    one administrator of a portal makes the second by himself, as nobody could confirm it.
    """
    today, verb = timezone.localdate(now), disposal.verb
    about_one = disposal.scope is not None
    scopes = (disposal.scope,) if disposal.scope else affected_scopes(disposal, today)
    if not any(needs_confirmation(scope, verb) for scope in scopes):
        return False
    makes_administrator = about_one and all(scope.role == Role.ADMINISTRATOR for scope in scopes)
    if verb in (Verb.OPEN, Verb.GRANT_ROLE) and makes_administrator:
        return _is_there_another_administrator(by, today)
    return True


def _is_there_another_administrator(by: User, today: dt.date) -> bool:
    assignments = RoleAssignment.objects.on(today).filter(
        role=Role.ADMINISTRATOR, user__is_active=True, user__is_service=False
    )
    return assignments.exclude(user=by).exists()


def _do(disposal: Disposal, *, actors: tuple[User, ...], now: dt.datetime) -> Result:
    """Execute, and tell the person, the level above and the auditors."""
    scopes = affected_scopes(disposal, timezone.localdate(now))
    was_active = disposal.person.is_active
    if was_active:  # who is closed by the act itself is told before it
        tell_person(disposal, actors=actors, now=now)
    result = execute(disposal, now=now)
    if not was_active:
        tell_person(disposal, actors=actors, now=now)
    if disposal.receiver is not None:
        _tell_receiver(disposal, result, sent_by=actors[0], now=now)
    tell_supervisors([disposal], scopes, actors=actors, now=now)
    log_disposal(disposal, actor=actors[-1])
    return result


def _tell_receiver(disposal: Disposal, result: Result, *, sent_by: User, now: dt.datetime) -> None:
    person, receiver = disposal.person, disposal.receiver
    if disposal.verb is Verb.STAND_IN:
        text = f"您代理{person}的工作，至{disposal.ends_on}止。"
    else:
        text = f"{person}的工作已移交给您，其中在办报送{result.count}份。"
    notify([receiver] if receiver else [], text, sent_by=sent_by, now=now)


# Two administrators ---------------------------------------------------------------------


def _ask(disposal: Disposal, *, by: User, now: dt.datetime) -> DisposalRequest:
    DisposalRequest.objects.overdue(now).update(state=RequestState.EXPIRED)
    scope = disposal.scope
    try:
        with transaction.atomic():
            request = DisposalRequest.objects.create(
                verb=disposal.verb,
                person=disposal.person,
                receiver=disposal.receiver,
                role=scope.role if scope else "",
                branch=scope.branch if scope else None,
                domain=scope.domain if scope else "",
                sheets=list(scope.sheets) if scope else [],
                starts_on=disposal.starts_on,
                ends_on=disposal.ends_on,
                asked_by=by,
                asked_at=now,
            )
    except IntegrityError as error:
        if "disposal_waits_once" not in str(error):
            raise
        message = (
            f"{disposal.person}的“{disposal.verb.label}”已有人提出，正待另一名系统管理员确认。"
        )
        raise PeopleError(message) from error
    today = timezone.localdate(now)
    scopes = affected_scopes(disposal, today)
    text = f"{by}提出为{disposal.person}办理：{disposal}，待另一名系统管理员在七天内确认。"
    confirmers = [user for user in _administrators(today) if may_confirm(user, request, now=now)]
    notify(confirmers, text, link="/people/confirmations/", sent_by=by, now=now)
    concerned = [user for user in (disposal.person, disposal.receiver) if user is not None]
    notify(concerned, text, link="/people/me/", sent_by=by, now=now)
    tell_supervisors([disposal], scopes, actors=(by,), now=now, remark="（已提出，待确认）")
    log_disposal(disposal, actor=by)
    return request


def _administrators(day: dt.date) -> list[User]:
    assignments = RoleAssignment.objects.on(day).filter(role=Role.ADMINISTRATOR)
    return list(User.objects.filter(pk__in=assignments.values("user"), is_active=True))


def may_confirm(actor: User, request: DisposalRequest, *, now: dt.datetime) -> bool:
    """Return whether a person is the second administrator a request waits for."""
    if actor.pk in (request.asked_by_id, request.person_id, request.receiver_id):
        return False
    return may_decide(actor, request, now=now)


def may_decide(actor: User, request: DisposalRequest, *, now: dt.datetime) -> bool:
    """Return whether a person sees a request and may decline it: he could have asked for it."""
    disposal = Disposal.of(request)
    scopes = affected_scopes(disposal, timezone.localdate(now))
    return (
        has_role(actor, [Role.ADMINISTRATOR])
        and bool(scopes)
        and actor.pk not in (request.person_id, request.receiver_id)
        and all(may_dispose(actor, scope, disposal.verb) for scope in scopes)
    )


@transaction.atomic
def confirm(request_id: int, *, by: User, now: dt.datetime) -> Outcome:
    """Do what another administrator asked for.

    Raises DisposalRefusedError where one of the two may not (any more), PeopleError where the
    request has been decided or is too old.
    """
    request = _lock(request_id, now=now)
    disposal = Disposal.of(request)
    if by.pk == request.asked_by_id:
        message = "自己提出的事项须由另一名系统管理员确认。"
        raise DisposalRefusedError(disposal, message)
    check_disposal(disposal, by=by, now=now)
    if not request.asked_by.is_active:
        message = "提出人的账户已停用，请另行提出。"
        raise PeopleError(message)
    check_disposal(disposal, by=request.asked_by, now=now)
    if not may_confirm(by, request, now=now):
        message = "须由提出人、当事人和接手人以外的系统管理员确认。"
        raise DisposalRefusedError(disposal, message)
    result = _do(disposal, actors=(request.asked_by, by), now=now)
    _decide(request, RequestState.CONFIRMED, by=by, now=now)
    text = f"{by}已确认您提出的事项：为{disposal.person}{disposal}。"
    notify([request.asked_by], text, sent_by=by, now=now)
    return Outcome(disposal, result)


@transaction.atomic
def decline(request_id: int, *, by: User, now: dt.datetime) -> DisposalRequest:
    """Let a request come to nothing; whoever asked may take it back so.

    Raises DisposalRefusedError where `by` may not, PeopleError where it has been decided.
    """
    request = _lock(request_id, now=now)
    disposal = Disposal.of(request)
    if not may_decide(by, request, now=now):
        message = "须由提出人或另一名系统管理员办理。"
        raise DisposalRefusedError(disposal, message)
    _decide(request, RequestState.DECLINED, by=by, now=now)
    people = [request.asked_by, disposal.person]
    text = f"{by}未通过：为{disposal.person}{disposal}。"
    notify([user for user in people if user.pk != by.pk], text, sent_by=by, now=now)
    scopes = affected_scopes(disposal, timezone.localdate(now))
    tell_supervisors([disposal], scopes, actors=(by,), now=now, remark="（未通过，没有改动）")
    return request


def _lock(request_id: int, *, now: dt.datetime) -> DisposalRequest:
    request = (
        DisposalRequest.objects.select_for_update(of=("self",))
        .select_related("person", "receiver", "asked_by", "branch__parent")
        .get(pk=request_id)
    )
    if request.state != RequestState.WAITING:
        message = "这一事项已经办理过了。"
        raise PeopleError(message)
    if request.asked_at <= now - DisposalRequest.CONFIRMED_WITHIN:
        message = "这一事项已超过七天，请重新提出。"
        raise PeopleError(message)
    return request


def _decide(request: DisposalRequest, state: str, *, by: User, now: dt.datetime) -> None:
    request.state, request.decided_by, request.decided_at = state, by, now
    request.save(update_fields=["state", "decided_by", "decided_at"])


# Accounts asked for by a workbook -------------------------------------------------------


@transaction.atomic
def open_accounts(
    requests: Iterable[AccountRequest], *, by: User, now: dt.datetime
) -> list[Outcome]:
    """Make the accounts asked for; a person who has one gets the role and keeps his password.

    Where a role needs a second administrator the account is made without role and password,
    and both come when he confirms. Raises PeopleError where `by` may not give one of the
    roles, or a name is somebody else's: then none is made.
    """
    outcomes = []
    for request in requests:
        person = _account_of(request)
        disposal = Disposal(Verb.OPEN, person, scope=RoleScope.of(request), ends_on=request.ends_on)
        check_disposal(disposal, by=by, now=now)
        if person._state.adding:
            person.set_unusable_password()
            person.save()
        if requires_confirmation(disposal, by=by, now=now):
            outcomes.append(Outcome(disposal, request=_ask(disposal, by=by, now=now)))
            continue
        result = execute(disposal, now=now)
        tell_person(disposal, actors=(by,), now=now)
        log_disposal(disposal, actor=by)
        outcomes.append(Outcome(disposal, result))
    _tell_of_openings([outcome for outcome in outcomes if outcome.request is None], by=by, now=now)
    return outcomes


def _account_of(request: AccountRequest) -> User:
    """Return the person of that name, or a new one that is not saved yet."""
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


def _tell_of_openings(outcomes: list[Outcome], *, by: User, now: dt.datetime) -> None:
    disposals = [outcome.disposal for outcome in outcomes]
    scopes = [disposal.scope for disposal in disposals if disposal.scope is not None]
    tell_supervisors(disposals, scopes, actors=(by,), now=now)


def log_refusal(error: DisposalRefusedError, *, by: User) -> None:
    """Write into the access log what somebody tried and might not."""
    log_disposal(error.disposal, actor=by, act=Act.REFUSED)
