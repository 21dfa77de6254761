"""The page of the vault (身份库): open it by a reason, look a code up, erase, review."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from donors import vault
from donors.models import VaultOpening
from donors.rules import may_open_vault, may_open_vault_in_emergency
from donors.vault import VaultRefusedError
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.branches.models import Branch

MAX_OPENINGS = 30


@login_required
@require_http_methods(["GET", "POST"])
def vault_page(request: SignedInRequest) -> HttpResponse:
    """Show whether the vault of a branch is open, and carry out the action of a form."""
    branch = _load_branch(request)
    request.seen_branch = branch.code
    now = timezone.now()
    opening = vault.find_valid_opening(request.user, branch, now)
    identity, code = None, ""
    if request.method == "POST":
        request.reason = request.POST.get("reason", "")
        verb = request.POST.get("verb", "")
        code = request.POST.get("code", "").strip().upper()
        try:
            if verb == "look" and opening is not None:
                identity = vault.look_up_identity(opening, code, now=now)
                if identity is None:
                    warning = (
                        f"{branch.society}的身份库里没有代码 {code}，请与案例或登记里的代码核对。"
                    )
                    messages.warning(request, warning)
            else:
                _perform_action(request, branch, opening, verb, code)
                return redirect(f"{reverse('vault')}?branch={branch.code}")
        except VaultRefusedError as error:
            messages.error(request, str(error))
    context = {
        "branch": branch,
        "opening": opening,
        "identity": identity,
        "code": code,
        "may_open": may_open_vault(request.user, branch),
        "may_open_in_emergency": may_open_vault_in_emergency(request.user, branch),
        "openings": _list_openings(request, branch),
    }
    return render(request, "donors/vault.html", context)


def _load_branch(request: SignedInRequest) -> Branch:
    home = home_branch(request.user)
    code = request.POST.get("branch") or request.GET.get("branch") or (home.code if home else "")
    branch = Branch.objects.filter(code=code).select_related("parent").first()
    if branch is None or not (
        may_open_vault(request.user, branch) or may_open_vault_in_emergency(request.user, branch)
    ):
        raise Http404
    return branch


def _list_openings(request: SignedInRequest, branch: Branch) -> list[VaultOpening]:
    """Return recent openings, emergencies without a review first."""
    openings = VaultOpening.objects.visible_to(request.user).filter(branch=branch)
    newest = openings.select_related("user", "reviewed_by").order_by("-pk")
    unreviewed = Q(emergency=True, reviewed_at__isnull=True)
    return [*newest.filter(unreviewed)[:MAX_OPENINGS], *newest.exclude(unreviewed)[:MAX_OPENINGS]]


def _perform_action(
    request: SignedInRequest, branch: Branch, opening: VaultOpening | None, verb: str, code: str
) -> None:
    now, reason = timezone.now(), request.POST.get("reason", "")
    if verb in ("open", "emergency"):
        vault.open_vault(
            request.user, branch, reason=reason, emergency=verb == "emergency", now=now
        )
        messages.success(request, "身份库已打开30分钟；您的姓名、时间和理由已记录。")
    elif verb == "review":
        visible = VaultOpening.objects.visible_to(request.user).filter(branch=branch)
        number = request.POST.get("opening", "")
        reviewed = get_object_or_404(visible, pk=int(number) if number.isdigit() else 0)
        vault.review_opening(reviewed, user=request.user, note=reason, now=now)
        messages.success(request, "核查结论已记录。")
    elif opening is None:
        message = "身份库没有打开，或已到时关闭，请重新写明理由打开。"
        raise VaultRefusedError(message)
    elif verb == "close":
        vault.close_opening(opening, now=now)
        messages.success(request, "身份库已关闭。")
    elif verb == "erase":
        new_code = vault.erase_person(opening, code, reason=reason, now=now)
        messages.success(request, f"个人信息已删除，统计保留在代码 {new_code} 下。")
