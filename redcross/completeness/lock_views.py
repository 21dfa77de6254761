"""Closed months: the province closes and opens them, branches ask, the province answers."""

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
from redcross.accounts.rules import ENTRY_ROLES, READ_ROLES, has_role
from redcross.completeness import unlocking
from redcross.completeness.choices import UnlockAnswer
from redcross.completeness.forms import LockForm, UnlockAnswerForm, UnlockRequestForm
from redcross.completeness.models import UnlockRequest
from redcross.uploads.models import PeriodLock
from redcross.uploads.rules import may_lock
from redcross.uploads.workflow.queries import enterable_branches
from redcross.uploads.workflow.services import RefusedError

LOCK_READER_ROLES = (*READ_ROLES, Role.ADMINISTRATOR)


@login_required
@require_http_methods(["GET", "POST"])
def locks(request: SignedInRequest) -> HttpResponse:
    """List closed months and what was asked of them; the province closes more."""
    if not has_role(request.user, LOCK_READER_ROLES):
        raise Http404
    province = may_lock(request.user)
    if request.method == "POST" and not province:
        raise PermissionDenied
    form = LockForm(request.POST or None)
    context: dict[str, Any] = {"form": form, "may_lock": province}
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if "confirm" in request.POST:
            made = unlocking.lock_domains(**said, user=request.user, now=timezone.now())
            messages.success(request, f"已锁定：{'、'.join(map(str, made))}。")
            return redirect("locks")
        context["touched"] = unlocking.measure_lock_impact(
            said["domain"], said["branch"], said["period"]
        )
        context["said"] = said
    return render(request, "completeness/locks.html", context | _lock_lists(request))


def _lock_lists(request: SignedInRequest) -> dict[str, Any]:
    places = list({each.branch.pk: each.branch for each in request.user.current_roles()}.values())
    asked = UnlockRequest.objects.visible_to(request.user).select_related(
        "branch", "lock__branch", "asked_by", "answered_by"
    )
    return {
        "locks": unlocking.list_locks(places),
        "waiting": list(asked.filter(answer=UnlockAnswer.WAITING).order_by("asked_at", "pk")),
        "answered": list(
            asked.exclude(answer=UnlockAnswer.WAITING).order_by("-answered_at", "-pk")[:50]
        ),
        "may_ask": has_role(request.user, ENTRY_ROLES),
        "now": timezone.now(),
    }


@login_required
@require_http_methods(["GET", "POST"])
def remove_lock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Say in numbers what opens, and open closed months for good, with a reason."""
    if not may_lock(request.user):
        raise Http404
    lock = get_object_or_404(PeriodLock.objects.select_related("branch"), pk=pk)
    if request.method == "POST":
        request.reason = request.POST.get("reason", "")
        try:
            unlocking.remove_lock(
                lock, user=request.user, reason=request.reason, now=timezone.now()
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已解除锁定：{lock}。")
            return redirect("locks")
    found = unlocking.measure_lock_impact(lock.domain, lock.branch, lock.period)
    return render(request, "completeness/unlock.html", {"lock": lock, "touched": found})


@login_required
@require_http_methods(["GET", "POST"])
def request_unlock(request: SignedInRequest, pk: int) -> HttpResponse:
    """Ask the province to open closed months for a while (申请解锁)."""
    lock = get_object_or_404(PeriodLock.objects.select_related("branch"), pk=pk)
    branches = [each for each in enterable_branches(request.user) if lock.branch.contains(each)]
    if not branches:
        raise Http404
    form = UnlockRequestForm(
        request.POST or None, branches=branches, initial={"branch": branches[0]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            unlocking.request_unlock(
                lock, **form.cleaned_data, user=request.user, now=timezone.now()
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, "已提交解锁申请，省红十字会答复后会通知您。")
            return redirect("locks")
    return render(request, "completeness/ask.html", {"lock": lock, "form": form})


@login_required
@require_POST
def answer_unlock_request(request: SignedInRequest, pk: int) -> HttpResponse:
    """Open the months for some days, or say why not."""
    if not may_lock(request.user):
        raise Http404
    get_object_or_404(UnlockRequest.objects.visible_to(request.user), pk=pk)
    form = UnlockAnswerForm(request.POST)
    if not form.is_valid():
        messages.error(
            request, "".join(str(error) for errors in form.errors.values() for error in errors)
        )
        return redirect("locks")
    said = form.cleaned_data
    days = (said["days"] or 3) if "grant" in request.POST else None
    try:
        made = unlocking.answer_unlock_request(
            pk, user=request.user, now=timezone.now(), days=days, remark=said["remark"]
        )
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已答复{made.branch}：{made.get_answer_display()}。")
    return redirect("locks")
