"""人员与账户: the people of the branches below, looked after by the level above."""

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
from redcross.people.acts import PeopleError, end_sessions, sessions_of
from redcross.people.choices import Verb
from redcross.people.devices import describe_device
from redcross.people.disposals import Disposal
from redcross.people.forms.person_page import DeputyForm, SuccessorForm
from redcross.people.models import AccountRequest, DisposalRequest
from redcross.people.rules import LOOKING_AFTER, RoleScope, may_dispose
from redcross.people.services import (
    DisposalRefusedError,
    Outcome,
    check_disposal,
    confirm,
    decline,
    log_refusal,
    may_confirm,
    may_decide,
    open_accounts,
    perform,
)

PAGE = 50
VERBS = {
    "password": Verb.RESET_PASSWORD,
    "second-factor": Verb.RESET_SECOND_FACTOR,
    "sign-out": Verb.SIGN_OUT,
    "stand-in": Verb.STAND_IN,
    "hand-over": Verb.HAND_OVER,
}
"""The acts of a person's page, by their word in the address."""


def _looked_after(user: User) -> "QuerySet[User]":
    """Return the people with a role today in a subtree that is the user's to look after."""
    today = timezone.localdate()
    within = Q(pk__in=[])
    for assignment in user.current_roles():
        if assignment.role in LOOKING_AFTER:
            within |= Q(branch__code__startswith=assignment.branch.code)
    assignments = RoleAssignment.objects.on(today).filter(within)
    roles = RoleAssignment.objects.on(today).select_related("branch").order_by("branch__code")
    return (
        User.objects.filter(pk__in=assignments.values("user"), is_service=False)
        .prefetch_related(Prefetch("roles", queryset=roles, to_attr="roles_today"))
        .order_by("username")
    )


def _require(request: SignedInRequest) -> None:
    if not has_role(request.user, LOOKING_AFTER):
        raise PermissionDenied


@login_required
@require_GET
def people(request: SignedInRequest) -> HttpResponse:
    """List people with their roles, and how many accounts wait to be opened."""
    _require(request)
    rows = _looked_after(request.user)
    words = request.GET.get("q", "").strip()
    if words:
        rows = rows.filter(
            Q(display_name__icontains=words)
            | Q(username__icontains=words)
            | Q(roles__branch__name__icontains=words)
        ).distinct()
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "words": words,
        "waiting": len(_waiting(request.user)),
        "confirmations": len(_confirmable(request.user))
        if has_role(request.user, [Role.ADMINISTRATOR])
        else 0,
    }
    return render(request, "people/people.html", context)


def _waiting(user: User) -> list[AccountRequest]:
    """Return the effective requests whose role nobody holds yet and that one may grant."""
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
        and may_dispose(user, RoleScope.of(account_request), Verb.OPEN)
    ]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def waiting(request: SignedInRequest) -> HttpResponse:
    """Accounts asked for by workbooks; opening them shows each password this once."""
    _require(request)
    account_requests = _waiting(request.user)
    opened: list[Outcome] = []
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
        account_requests = _waiting(request.user)
    return render(
        request, "people/waiting.html", {"account_requests": account_requests, "opened": opened}
    )


def _refuse(request: SignedInRequest, error: PeopleError) -> None:
    """Show why nothing was done; what one may not is written down as refused."""
    if isinstance(error, DisposalRefusedError):
        log_refusal(error, by=request.user)
    messages.error(request, str(error))


@login_required
@require_GET
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: roles, and what the level above may do for him."""
    _require(request)
    user = get_object_or_404(_looked_after(request.user), pk=pk)
    return _shown(request, user)


def _others(request: SignedInRequest, person: User) -> "QuerySet[User]":
    """Return who may stand in for a person or succeed him: never the one who decides it."""
    others = _looked_after(request.user).filter(is_active=True)
    return others.exclude(pk__in=[person.pk, request.user.pk])


def _shown(
    request: SignedInRequest, person: User, *, password: str = "", **forms: Any
) -> HttpResponse:
    others = _others(request, person)
    context = {
        "person": person,
        "password": password,
        "refusal": _refusal(request.user, person, Verb.RESET_PASSWORD),
        "sign_out_refusal": _refusal(request.user, person, Verb.SIGN_OUT),
        "stand_in": forms.get("stand_in") or DeputyForm(people=others),
        "hand_over": forms.get("hand_over") or SuccessorForm(people=others),
    }
    return render(request, "people/person.html", context)


def _refusal(user: User, person: User, verb: Verb) -> str:
    """Return why a person may not do this, with who may; nothing where he may."""
    try:
        check_disposal(Disposal(verb, person), by=user, now=timezone.now())
    except PeopleError as error:
        return str(error)
    return ""


@login_required
@require_POST
@never_cache
def act(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Reset a password, end sessions, name a stand-in, or hand work over."""
    _require(request)
    person = get_object_or_404(_looked_after(request.user), pk=pk)
    receiver = until = None
    if VERBS[verb] in (Verb.STAND_IN, Verb.HAND_OVER):
        name, kind = (
            ("stand_in", DeputyForm) if verb == "stand-in" else ("hand_over", SuccessorForm)
        )
        form = kind(request.POST, people=_others(request, person))
        if not form.is_valid():
            forms: dict[str, Any] = {name: form}
            return _shown(request, person, **forms)
        receiver, until = form.cleaned_data["other"], form.cleaned_data.get("until")
    disposal = Disposal(VERBS[verb], person, receiver=receiver, ends_on=until)
    try:
        outcome = perform(disposal, by=request.user, now=timezone.now())
    except PeopleError as error:
        _refuse(request, error)
        return redirect("person", pk=pk)
    return _answer(request, outcome)


def _answer(request: SignedInRequest, outcome: Outcome) -> HttpResponse:
    """Show what came of an act; a password stands on this one page alone."""
    disposal, result = outcome.disposal, outcome.result
    person, count = disposal.person, result.count
    if outcome.request is not None:
        text = f"已提出：{disposal}。须由另一名系统管理员在七天内确认后才办理。"
    elif disposal.verb is Verb.RESET_PASSWORD:
        return _shown(request, person, password=result.password)
    elif disposal.verb is Verb.SIGN_OUT:
        text = f"已结束{count}个登录和接口令牌。"
    elif disposal.verb is Verb.RESET_SECOND_FACTOR:
        text = f"已解除{count}个验证器，下次登录时重新绑定。"
    elif disposal.verb is Verb.STAND_IN:
        text = f"{disposal.receiver}代理至{disposal.ends_on}，到期自动结束。"
    else:
        messages.success(request, f"已移交，在办报送{count}份；{person}的账户已停用。")
        return redirect("people")
    messages.success(request, text)
    return redirect("person", pk=person.pk)


# What a second administrator confirms ----------------------------------------------------


def _confirmable(user: User) -> list[DisposalRequest]:
    now = timezone.now()
    requests = DisposalRequest.objects.waiting(now).select_related(
        "person", "receiver", "asked_by", "branch__parent"
    )
    return [
        disposal_request
        for disposal_request in requests.order_by("asked_at")
        if may_decide(user, disposal_request, now=now)
    ]


@login_required
@require_GET
def confirmations(request: SignedInRequest) -> HttpResponse:
    """What administrators have asked for and another one must confirm."""
    if not has_role(request.user, [Role.ADMINISTRATOR]):
        raise PermissionDenied
    return _confirmations(request)


def _confirmations(request: SignedInRequest, outcome: Outcome | None = None) -> HttpResponse:
    now = timezone.now()
    rows = [
        {
            "request": disposal_request,
            "text": str(Disposal.of(disposal_request)),
            "mine": not may_confirm(request.user, disposal_request, now=now),
        }
        for disposal_request in _confirmable(request.user)
    ]
    return render(request, "people/confirmations.html", {"rows": rows, "outcome": outcome})


@login_required
@require_POST
@never_cache
def decide(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Confirm what another administrator asked for, or let it come to nothing."""
    if not has_role(request.user, [Role.ADMINISTRATOR]):
        raise PermissionDenied
    now = timezone.now()
    disposal_request = get_object_or_404(
        DisposalRequest.objects.select_related("branch__parent"), pk=pk
    )
    if not may_decide(request.user, disposal_request, now=now):
        raise Http404
    try:
        if verb == "confirm":
            return _confirmations(request, confirm(disposal_request.pk, by=request.user, now=now))
        decline(disposal_request.pk, by=request.user, now=now)
        messages.success(request, "已退回，没有改动。")
    except PeopleError as error:
        _refuse(request, error)
    return redirect("confirmations")


@login_required
@require_http_methods(["GET", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """我的账户: my roles, my second factor, and where I am signed in."""
    here = request.session.session_key or ""
    if request.method == "POST":
        ended = end_sessions(request.user, but=here)
        messages.success(request, f"已结束其他{ended}个登录。")
        return redirect("account")
    sessions = []
    for session in sessions_of(request.user):
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
