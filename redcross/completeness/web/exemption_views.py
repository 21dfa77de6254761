"""免报: the list of exemptions, granting and revoking them."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from redcross.accounts.models import User
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role
from redcross.branches.models import Branch
from redcross.completeness.models import Exemption
from redcross.completeness.obligations import exemptions
from redcross.completeness.rules import DECIDING_ROLES, may_decide_for
from redcross.completeness.web.forms import ExemptionForm
from redcross.errors import RefusedError
from redcross.uploads.registry import registry

MAX_LISTED = 500


@login_required
@require_http_methods(["GET", "POST"])
def exemption_list(request: SignedInRequest) -> HttpResponse:
    """List exemptions, revoked ones too; exempt a branch below (免报)."""
    branches = _decidable_branches(request.user)
    if not has_role(request.user, READ_ROLES) or (request.method == "POST" and not branches):
        raise Http404
    form = ExemptionForm(request.POST or None, branches=branches, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            exemption = exemptions.grant_exemption(
                **form.cleaned_data, user=request.user, now=timezone.now()
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已免报：{exemption.branch}{exemption.period.label}。")
            return redirect("exemptions")
    decidable = {branch.pk for branch in branches}
    context = {
        "form": form,
        "may_decide": bool(branches),
        "rows": [
            (exemption, registry.get(exemption.sheet), exemption.branch_id in decidable)
            for exemption in _related_exemptions(request.user)
        ],
    }
    return render(request, "completeness/exemptions.html", context)


def _related_exemptions(user: User) -> list[Exemption]:
    """Return the exemptions of the user's branches, of branches above and below them."""
    codes = [role.branch.code for role in user.current_roles()]
    rows = Exemption.objects.select_related("branch", "granted_by", "revoked_by")
    return [
        exemption
        for exemption in rows.order_by("-granted_at", "-pk")[:MAX_LISTED]
        if any(
            exemption.branch.code.startswith(code) or code.startswith(exemption.branch.code)
            for code in codes
        )
    ]


def _decidable_branches(user: User) -> list[Branch]:
    """Return the branches whose exemptions the user decides on."""
    deciding = [role.branch for role in user.current_roles() if role.role in DECIDING_ROLES]
    if not deciding:
        return []
    branches = Branch.objects.select_related("parent").in_official_order()
    return [
        branch
        for branch in branches
        if any(top.contains(branch.parent or branch) for top in deciding)
    ]


@login_required
@require_POST
def revoke_exemption(request: SignedInRequest, pk: int) -> HttpResponse:
    """Revoke an exemption."""
    exemption = get_object_or_404(Exemption.objects.select_related("branch__parent"), pk=pk)
    if not may_decide_for(request.user, exemption.branch):
        raise Http404
    try:
        exemptions.revoke_exemption(exemption, user=request.user, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        text = f"已撤销{exemption.branch}{exemption.period.label}的免报，恢复应报。"
        messages.success(request, text)
    return redirect("exemptions")
