"""人员与账户: the users of the branches below, managed by the level above."""

import datetime as dt
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.choices import Role
from redcross.accounts.middleware import SESSION_ADDRESS, SESSION_AGENT, SESSION_BEGAN
from redcross.accounts.models import RoleAssignment, User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.devices import describe_device
from redcross.people.execution import PeopleError, end_sessions, list_sessions
from redcross.people.forms.person_page import DeputyForm, SuccessorForm
from redcross.people.models import AccountActionRequest, AccountRequest
from redcross.people.rules import ACCOUNT_MANAGER_ROLES, RoleScope, may_act_on
from redcross.people.services import (
    ActionOutcome,
    ActionRefusedError,
    check_action,
    confirm_request,
    decline_request,
    log_refusal,
    may_confirm,
    may_decide,
    open_accounts,
    perform,
)

PAGE_SIZE = 50
VERBS = {
    "password": ActionVerb.RESET_PASSWORD,
    "second-factor": ActionVerb.RESET_SECOND_FACTOR,
    "sign-out": ActionVerb.SIGN_OUT,
    "stand-in": ActionVerb.STAND_IN,
    "hand-over": ActionVerb.HAND_OVER,
}
"""The actions of a person's page, by their word in the address."""


def _manageable_people(user: User) -> "QuerySet[User]":
    """Return the people with a role today in a subtree that the user manages."""
    today = timezone.localdate()
    within = Q(pk__in=[])
    for assignment in user.current_roles():
        if assignment.role in ACCOUNT_MANAGER_ROLES:
            within |= Q(branch__code__startswith=assignment.branch.code)
    assignments = RoleAssignment.objects.on(today).filter(within)
    roles = RoleAssignment.objects.on(today).select_related("branch").order_by("branch__code")
    return (
        User.objects.filter(pk__in=assignments.values("user"), is_service=False)
        .prefetch_related(Prefetch("roles", queryset=roles, to_attr="roles_today"))
        .order_by("username")
    )


def _require_manager(request: SignedInRequest) -> None:
    if not has_role(request.user, ACCOUNT_MANAGER_ROLES):
        raise PermissionDenied


@login_required
@require_GET
def person_list(request: SignedInRequest) -> HttpResponse:
    """List people with their roles, and the number of accounts to be opened."""
    _require_manager(request)
    rows = _manageable_people(request.user)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(
            Q(display_name__icontains=words)
            | Q(username__icontains=words)
            | Q(roles__branch__name__icontains=words)
        ).distinct()
    context = {
        "page": Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")),
        "words": words,
        "waiting": len(_waiting_account_requests(request.user)),
        "confirmations": len(_confirmable_requests(request.user))
        if has_role(request.user, [Role.ADMINISTRATOR])
        else 0,
    }
    return render(request, "people/people.html", context)


def _waiting_account_requests(user: User) -> list[AccountRequest]:
    """Return the effective requests whose role is not granted yet and that the user may grant."""
    known = set(
        RoleAssignment.objects.on(timezone.localdate()).values_list(
            "user__username", "role", "branch_id", "domain"
        )
    )
    account_requests = AccountRequest.objects.visible_to(user).select_related(
        "branch__parent", "upload"
    )
    return [
        account_request
        for account_request in account_requests.order_by("branch__code", "username")
        if (
            account_request.username,
            account_request.role,
            account_request.branch_id,
            account_request.domain,
        )
        not in known
        and account_request.username != user.username
        and may_act_on(user, RoleScope.of(account_request), ActionVerb.OPEN)
    ]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def account_request_list(request: SignedInRequest) -> HttpResponse:
    """List accounts requested by workbooks; open them and show each password once."""
    _require_manager(request)
    account_requests = _waiting_account_requests(request.user)
    opened: list[ActionOutcome] = []
    if request.method == "POST":
        chosen = set(request.POST.getlist("pk"))
        try:
            opened = open_accounts(
                [
                    account_request
                    for account_request in account_requests
                    if str(account_request.pk) in chosen
                ],
                by=request.user,
                now=timezone.now(),
            )
        except PeopleError as error:
            _refuse(request, error)
        account_requests = _waiting_account_requests(request.user)
    return render(
        request, "people/waiting.html", {"account_requests": account_requests, "opened": opened}
    )


def _refuse(request: SignedInRequest, error: PeopleError) -> None:
    """Show why an action failed; write a refused one into the access log."""
    if isinstance(error, ActionRefusedError):
        log_refusal(error, by=request.user)
    messages.error(request, str(error))


@login_required
@require_GET
def person_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a person with his roles and the actions the user may take."""
    _require_manager(request)
    user = get_object_or_404(_manageable_people(request.user), pk=pk)
    return _render_person(request, user)


def _possible_receivers(request: SignedInRequest, person: User) -> "QuerySet[User]":
    """Return the possible deputies and successors of a person, without the user himself."""
    others = _manageable_people(request.user).filter(is_active=True)
    return others.exclude(pk__in=[person.pk, request.user.pk])


def _render_person(
    request: SignedInRequest, person: User, *, password: str = "", **forms: Any
) -> HttpResponse:
    others = _possible_receivers(request, person)
    context = {
        "person": person,
        "password": password,
        "refusal": _refusal_text(request.user, person, ActionVerb.RESET_PASSWORD),
        "sign_out_refusal": _refusal_text(request.user, person, ActionVerb.SIGN_OUT),
        "stand_in": forms.get("stand_in") or DeputyForm(people=others),
        "hand_over": forms.get("hand_over") or SuccessorForm(people=others),
    }
    return render(request, "people/person.html", context)


def _refusal_text(user: User, person: User, verb: ActionVerb) -> str:
    """Return why the user may not do this and who may, "" if he may."""
    try:
        check_action(AccountAction(verb, person), by=user, now=timezone.now())
    except PeopleError as error:
        return str(error)
    return ""


@login_required
@require_POST
@never_cache
def act_on_person(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Reset a password or second factor, end sessions, name a deputy, or hand work over."""
    _require_manager(request)
    person = get_object_or_404(_manageable_people(request.user), pk=pk)
    receiver = until = None
    if VERBS[verb] in (ActionVerb.STAND_IN, ActionVerb.HAND_OVER):
        name, kind = (
            ("stand_in", DeputyForm) if verb == "stand-in" else ("hand_over", SuccessorForm)
        )
        form = kind(request.POST, people=_possible_receivers(request, person))
        if not form.is_valid():
            forms: dict[str, Any] = {name: form}
            return _render_person(request, person, **forms)
        receiver, until = form.cleaned_data["other"], form.cleaned_data.get("until")
    action = AccountAction(VERBS[verb], person, receiver=receiver, ends_on=until)
    try:
        outcome = perform(action, by=request.user, now=timezone.now())
    except PeopleError as error:
        _refuse(request, error)
        return redirect("person", pk=pk)
    return _show_outcome(request, outcome)


def _show_outcome(request: SignedInRequest, outcome: ActionOutcome) -> HttpResponse:
    """Show the outcome of an action; a password appears only on this page."""
    action, result = outcome.action, outcome.result
    person, count = action.person, result.count
    if outcome.request is not None:
        text = f"已提出：{action}。须由另一名系统管理员在七天内确认后才办理。"
    elif action.verb is ActionVerb.RESET_PASSWORD:
        return _render_person(request, person, password=result.password)
    elif action.verb is ActionVerb.SIGN_OUT:
        text = f"已结束{count}个登录和接口令牌。"
    elif action.verb is ActionVerb.RESET_SECOND_FACTOR:
        text = f"已解除{count}个验证器，下次登录时重新绑定。"
    elif action.verb is ActionVerb.STAND_IN:
        text = f"{action.receiver}代理至{action.ends_on}，到期自动结束。"
    else:
        messages.success(request, f"已移交，在办报送{count}份；{person}的账户已停用。")
        return redirect("people")
    messages.success(request, text)
    return redirect("person", pk=person.pk)


# What a second administrator confirms ----------------------------------------------------


def _confirmable_requests(user: User) -> list[AccountActionRequest]:
    now = timezone.now()
    requests = AccountActionRequest.objects.waiting(now).select_related(
        "person", "receiver", "asked_by", "branch__parent"
    )
    return [
        action_request
        for action_request in requests.order_by("asked_at")
        if may_decide(user, action_request, now=now)
    ]


@login_required
@require_GET
def confirmation_list(request: SignedInRequest) -> HttpResponse:
    """List the actions that wait for a second administrator."""
    if not has_role(request.user, [Role.ADMINISTRATOR]):
        raise PermissionDenied
    return _render_confirmations(request)


def _render_confirmations(
    request: SignedInRequest, outcome: ActionOutcome | None = None
) -> HttpResponse:
    now = timezone.now()
    rows = [
        {
            "request": action_request,
            "text": str(AccountAction.of(action_request)),
            "mine": not may_confirm(request.user, action_request, now=now),
        }
        for action_request in _confirmable_requests(request.user)
    ]
    return render(request, "people/confirmations.html", {"rows": rows, "outcome": outcome})


@login_required
@require_POST
@never_cache
def decide_request(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm or decline the request of another administrator."""
    if not has_role(request.user, [Role.ADMINISTRATOR]):
        raise PermissionDenied
    now = timezone.now()
    action_request = get_object_or_404(
        AccountActionRequest.objects.select_related("branch__parent"), pk=pk
    )
    if not may_decide(request.user, action_request, now=now):
        raise Http404
    try:
        if verb == "confirm":
            return _render_confirmations(
                request, confirm_request(action_request.pk, by=request.user, now=now)
            )
        decline_request(action_request.pk, by=request.user, now=now)
        messages.success(request, "已退回，没有改动。")
    except PeopleError as error:
        _refuse(request, error)
    return redirect("confirmations")


@login_required
@require_http_methods(["GET", "POST"])
def own_account(request: SignedInRequest) -> HttpResponse:
    """我的账户: the user's roles, second factor and sessions."""
    here = request.session.session_key or ""
    if request.method == "POST":
        ended = end_sessions(request.user, but=here)
        messages.success(request, f"已结束其他{ended}个登录。")
        return redirect("account")
    sessions = []
    for session in list_sessions(request.user):
        data = session.get_decoded()
        began = data.get(SESSION_BEGAN)
        sessions.append(
            {
                "here": session.session_key == here,
                "began": dt.datetime.fromtimestamp(began, tz=dt.UTC) if began else None,
                "address": data.get(SESSION_ADDRESS, ""),
                "device": describe_device(data.get(SESSION_AGENT, "")),
            }
        )
    context = {
        "roles": request.user.current_roles(),
        "sessions": sessions,
        "second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "people/account.html", context)
