"""人员与账户: the people of the branches below, looked after by the level above."""

import datetime as dt
from typing import Any

from allauth.mfa.utils import is_mfa_enabled
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.middleware import SESSION_ADDRESS, SESSION_AGENT, SESSION_BEGAN
from redcross.accounts.models import RoleAssignment, User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role
from redcross.people.devices import describe_device
from redcross.people.forms import DeputyForm, SuccessorForm
from redcross.people.models import AccountRequest
from redcross.people.rules import LOOKING_AFTER, may_give, may_look_after
from redcross.people.services import (
    PeopleError,
    hand_over,
    open_accounts,
    reset_password,
    reset_second_factor,
    sessions_of,
    sign_out_everywhere,
    stand_in,
)

PAGE = 50


def _looked_after(user: User) -> "QuerySet[User]":
    """Return the people with a role today in a subtree that is the user's to look after."""
    today = timezone.localdate()
    within = Q(pk__in=[])
    for each in user.current_roles():
        if each.role in LOOKING_AFTER:
            within |= Q(branch__code__startswith=each.branch.code)
    held = RoleAssignment.objects.on(today).filter(within)
    roles = RoleAssignment.objects.on(today).select_related("branch").order_by("branch__code")
    return (
        User.objects.filter(pk__in=held.values("user"), is_service=False)
        .prefetch_related(Prefetch("roles", queryset=roles, to_attr="held"))
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
    }
    return render(request, "people/people.html", context)


def _waiting(user: User) -> list[AccountRequest]:
    """Return the effective requests whose role nobody holds yet and that one may grant."""
    known = {
        (name, role, branch)
        for name, role, branch in RoleAssignment.objects.on(timezone.localdate()).values_list(
            "user__username", "role", "branch_id"
        )
    }
    asked = AccountRequest.objects.visible_to(user).select_related("branch__parent", "upload")
    return [
        each
        for each in asked.order_by("branch__code", "username")
        if (each.username, each.role, each.branch_id) not in known
        and may_give(user, each.role, each.branch)
    ]


@login_required
@require_http_methods(["GET", "POST"])
@never_cache
def waiting(request: SignedInRequest) -> HttpResponse:
    """Accounts asked for by workbooks; opening them shows each password this once."""
    _require(request)
    asked = _waiting(request.user)
    opened: list[Any] = []
    if request.method == "POST":
        chosen = set(request.POST.getlist("pk"))
        try:
            opened = open_accounts(
                [each for each in asked if str(each.pk) in chosen],
                by=request.user,
                today=timezone.localdate(),
            )
        except PeopleError as error:
            messages.error(request, str(error))
        asked = _waiting(request.user)
    return render(request, "people/waiting.html", {"asked": asked, "opened": opened})


@login_required
@require_GET
def person(request: SignedInRequest, pk: int) -> HttpResponse:
    """One person: roles, and what the level above may do for him."""
    _require(request)
    found = get_object_or_404(_looked_after(request.user), pk=pk)
    return _shown(request, found)


def _shown(
    request: SignedInRequest, found: User, *, password: str = "", **forms: Any
) -> HttpResponse:
    others = _looked_after(request.user).exclude(pk=found.pk).filter(is_active=True)
    held = list(getattr(found, "held", []))
    context = {
        "person": found,
        "password": password,
        "mine": held and all(may_look_after(request.user, each.branch) for each in held),
        "stand_in": forms.get("stand_in") or DeputyForm(people=others),
        "hand_over": forms.get("hand_over") or SuccessorForm(people=others),
    }
    return render(request, "people/person.html", context)


@login_required
@require_POST
@never_cache
def act(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Reset a password, end sessions, name a stand-in, or hand work over."""
    _require(request)
    found = get_object_or_404(_looked_after(request.user), pk=pk)
    others = _looked_after(request.user).exclude(pk=found.pk).filter(is_active=True)
    now = timezone.now()
    try:
        if verb == "password":
            return _shown(request, found, password=reset_password(found, by=request.user))
        if verb == "sign-out":
            messages.success(request, f"已结束{sign_out_everywhere(found)}个登录。")
        elif verb == "second-factor":
            forgotten = reset_second_factor(found, by=request.user)
            messages.success(request, f"已解除{forgotten}个验证器，下次登录时重新绑定。")
        elif verb == "stand-in":
            form = DeputyForm(request.POST, people=others)
            if not form.is_valid():
                return _shown(request, found, stand_in=form)
            until = form.cleaned_data["until"]
            stand_in(found, form.cleaned_data["other"], until=until, by=request.user, now=now)
            messages.success(request, f"{form.cleaned_data['other']}代理至{until}，到期自动结束。")
        else:
            whom = SuccessorForm(request.POST, people=others)
            if not whom.is_valid():
                return _shown(request, found, hand_over=whom)
            moved = hand_over(found, whom.cleaned_data["other"], by=request.user, now=now)
            messages.success(request, f"已移交，在办报送{moved}份；{found}的账户已停用。")
            return redirect("people")
    except PeopleError as error:
        messages.error(request, str(error))
    return redirect("person", pk=pk)


@login_required
@require_http_methods(["GET", "POST"])
def account(request: SignedInRequest) -> HttpResponse:
    """我的账户: my roles, my second factor, and where I am signed in."""
    here = request.session.session_key or ""
    if request.method == "POST":
        ended = sign_out_everywhere(request.user, but=here)
        messages.success(request, f"已结束其他{ended}个登录。")
        return redirect("account")
    sessions = []
    for each in sessions_of(request.user):
        said = each.get_decoded()
        began = said.get(SESSION_BEGAN)
        sessions.append(
            {
                "here": each.session_key == here,
                "began": dt.datetime.fromtimestamp(began, tz=dt.UTC) if began else None,
                "address": said.get(SESSION_ADDRESS, ""),
                "device": describe_device(said.get(SESSION_AGENT, "")),
            }
        )
    context = {
        "roles": request.user.current_roles(),
        "sessions": sessions,
        "second_factor": is_mfa_enabled(request.user),
    }
    return render(request, "people/account.html", context)
