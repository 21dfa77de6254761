"""锁定与解锁: the province locks and unlocks, branches request, the province answers."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from redcross.accounts.choices import Role
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import ENTRY_ROLES, READ_ROLES, enterable_branches, has_role
from redcross.errors import RefusedError
from redcross.locks import services
from redcross.locks.choices import UnlockAnswer
from redcross.locks.declaration import measure_lock_impact
from redcross.locks.forms import LockForm, UnlockAnswerForm, UnlockRequestForm
from redcross.locks.models import PeriodLock, UnlockRequest
from redcross.locks.rules import may_lock

LOCK_READER_ROLES = (*READ_ROLES, Role.ADMINISTRATOR)
DEFAULT_DAYS = 3


@login_required
@require_http_methods(["GET", "POST"])
def lock_list(request: SignedInRequest) -> HttpResponse:
    """List locks and unlock requests; lock more months after showing what is affected."""
    if not has_role(request.user, LOCK_READER_ROLES):
        raise Http404
    is_locker = may_lock(request.user)
    if request.method == "POST" and not is_locker:
        raise PermissionDenied
    form = LockForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "may_lock": is_locker}
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        if "confirm" in request.POST:
            locks = services.lock_domains(**values, user=request.user, now=timezone.now())
            messages.success(request, f"已锁定：{'、'.join(map(str, locks))}。")
            return redirect("locks")
        context["impact"] = measure_lock_impact(
            values["domain"], values["branch"], values["period"]
        )
        context["values"] = values
    return render(request, "locks/locks.html", context | _lock_lists(request))


def _lock_lists(request: SignedInRequest) -> dict[str, Any]:
    branches = list({role.branch.pk: role.branch for role in request.user.current_roles()}.values())
    requests = UnlockRequest.objects.visible_to(request.user).select_related(
        "branch", "lock__branch", "asked_by", "answered_by"
    )
    waiting = requests.filter(answer=UnlockAnswer.WAITING).order_by("asked_at", "pk")
    answered = requests.exclude(answer=UnlockAnswer.WAITING).order_by("-answered_at", "-pk")
    return {
        "locks": services.list_locks(branches),
        "waiting": list(waiting),
        "answered": list(answered[:50]),
        "may_ask": has_role(request.user, ENTRY_ROLES),
        "now": timezone.now(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def remove_lock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show what a lock affects, and remove it with a reason."""
    if not may_lock(request.user):
        raise Http404
    lock = get_object_or_404(PeriodLock.objects.select_related("branch"), pk=pk)
    if request.method == "POST":
        request.reason = request.POST.get("reason", "")
        try:
            services.remove_lock(lock, user=request.user, reason=request.reason, now=timezone.now())
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已解除锁定：{lock}。")
            return redirect("locks")
    impact = measure_lock_impact(lock.domain, lock.branch, lock.period)
    return render(request, "locks/remove_lock.html", {"lock": lock, "impact": impact})


@login_required
@require_http_methods(["GET", "POST"])
def request_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Request the province to open locked months for a while (申请解锁)."""
    lock = get_object_or_404(PeriodLock.objects.select_related("branch"), pk=pk)
    branches = [
        branch for branch in enterable_branches(request.user) if lock.branch.contains(branch)
    ]
    if not branches:
        raise Http404
    form = UnlockRequestForm(
        request.POST or None, branches=branches, initial={"branch": branches[0]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            services.request_unlock(
                lock, **form.cleaned_data, user=request.user, now=timezone.now()
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已提交解锁申请，省红十字会答复后会通知您。")
            return redirect("locks")
    return render(request, "locks/request_unlock.html", {"lock": lock, "form": form})


@login_required
@require_POST
def answer_unlock_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the months for some days, or refuse with a remark."""
    if not may_lock(request.user):
        raise Http404
    get_object_or_404(UnlockRequest.objects.visible_to(request.user), pk=pk)
    form = UnlockAnswerForm(request.POST)
    if not form.is_valid():
        errors = [str(error) for errors in form.errors.values() for error in errors]
        messages.error(request, "".join(errors))
        return redirect("locks")
    values = form.cleaned_data
    days = (values["days"] or DEFAULT_DAYS) if "grant" in request.POST else None
    try:
        answered = services.answer_unlock_request(
            pk, user=request.user, now=timezone.now(), days=days, remark=values["remark"]
        )
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已答复{answered.branch}：{answered.get_answer_display()}。")
    return redirect("locks")
