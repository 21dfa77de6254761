"""报送进度: the board, its workbook, 催报 and 免报."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.choices import Domain
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role, home_branch
from redcross.branches.models import Branch
from redcross.completeness import board, export, services
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.forms import ExemptionForm
from redcross.completeness.models import Exemption
from redcross.completeness.obligations import list_obligations
from redcross.errors import RefusedError
from redcross.files import Sensitivity, file_response
from redcross.periods import Period, UnknownPeriodError, add_months, business_date, month_start
from redcross.uploads.registry import registry


@login_required
@require_GET
def progress_board(request: SignedInRequest) -> HttpResponse:
    """Show which branch has handed in what (报送进度), as matrix and as map."""
    asked = _parse_board_query(request)
    found = board.build_board(asked, today=business_date(timezone.now()))
    context = {
        **found,
        "definition": export.DEFINITION,
        "sheets_to_choose": [each for each in registry.in_menu_order() if each.due],
        "may_remind": has_role(request.user, services.DECIDING_ROLES, asked.branch),
    }
    return render(request, "completeness/board.html", context)


@login_required
@require_GET
def progress_export(request: SignedInRequest) -> HttpResponse:
    """Send what the board shows as a workbook."""
    asked = _parse_board_query(request)
    found = board.build_board(asked, today=business_date(timezone.now()))
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    name = f"报送进度-{asked.branch.code}-{asked.period}.xlsx"
    return file_response(
        export.board_workbook(asked, found, notice),
        name,
        sensitivity=Sensitivity.FIGURES,
        rows=len(found["found"]),
        branch_code=asked.branch.code,
    )


def _parse_board_query(request: SignedInRequest) -> board.BoardQuery:
    """Read the board's address; a branch one may not read is not found."""
    said = request.POST if request.method == "POST" else request.GET
    home = home_branch(request.user)
    branch = get_object_or_404(Branch, code=said.get("branch") or (home.code if home else ""))
    if not has_role(request.user, READ_ROLES, branch):
        raise Http404
    request.seen_branch = branch.code
    period, message = _parse_period(said.get("period", ""))
    domain, sheet, standing = (said.get(name, "") for name in ("domain", "sheet", "standing"))
    return board.BoardQuery(
        branch,
        period,
        domain=domain if domain in Domain.values else "",
        sheet=sheet if sheet in registry else "",
        standing=standing if standing in ObligationStatus.values else "",
        every_level=said.get("level") == "all",
        message=message,
    )


def _parse_period(text: str) -> tuple[Period, str]:
    last = Period.month(add_months(month_start(business_date(timezone.now())), -1))
    if not text.strip():
        return last, ""
    try:
        period = Period.parse(text)
    except UnknownPeriodError as error:
        return last, str(error)
    if period.first is None or (period.length or 0) > 36:
        return last, "报告期须有起止月份，且不超过三年。"
    return period, ""


@login_required
@require_POST
def urge_branches(request: SignedInRequest) -> HttpResponse:
    """Ask the statisticians of the branches below for what they still owe (催报)."""
    asked = _parse_board_query(request)
    if not has_role(request.user, services.DECIDING_ROLES, asked.branch):
        raise Http404
    below = Branch.objects.below(asked.branch).in_official_order()
    only = request.POST.get("only", "")
    # Each level urges the next; one further down is urged by its own row.
    branches = list(below.filter(code=only) if only else below.filter(parent=asked.branch))
    today = business_date(timezone.now())
    found = [
        each for each in list_obligations(branches, asked.period, today=today) if asked.keeps(each)
    ]
    _show_urging_result(request, services.send_urging(found, user=request.user, now=timezone.now()))
    return redirect(f"{reverse('progress')}?{asked.query}")


def _show_urging_result(request: SignedInRequest, urged: services.UrgingResult) -> None:
    if urged.told:
        names, branches = _join_names(urged.told), _join_names(urged.branches)
        messages.success(request, f"已向 {len(urged.told)} 人（{names}）催报，涉及{branches}。")
    if urged.already_urged:
        messages.info(
            request, f"{_join_names(urged.already_urged)}一小时内已催报过，没有重复发送。"
        )
    if urged.branches_without_clerk:
        messages.error(
            request,
            f"{_join_names(urged.branches_without_clerk)}还没有填报人账户，无法在门户内催报；"
            "请电话联系，或在“人员与账户”中为其开通账户。",
        )
    if not (urged.told or urged.already_urged or urged.branches_without_clerk):
        messages.success(request, "没有需要催报的报表：都已报送、免报或未到填报期。")


def _join_names(names: tuple[str, ...]) -> str:
    rest = f"等{len(names)}个" if len(names) > 5 else ""
    return f"{'、'.join(names[:5])}{rest}"


@login_required
@require_http_methods(["GET", "POST"])
def exemptions(request: SignedInRequest) -> HttpResponse:
    """List what is excused, taken back or not; excuse a branch below (免报)."""
    branches = _decidable_branches(request)
    if not has_role(request.user, READ_ROLES) or (request.method == "POST" and not branches):
        raise Http404
    form = ExemptionForm(request.POST or None, branches=branches, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.grant_exemption(
                **form.cleaned_data, user=request.user, now=timezone.now()
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已免报：{made.branch}{made.period.label}。")
            return redirect("exemptions")
    codes = [each.branch.code for each in request.user.current_roles()]
    listed = [
        each
        for each in Exemption.objects.select_related("branch", "granted_by", "revoked_by").order_by(
            "-granted_at", "-pk"
        )[:500]
        if any(
            each.branch.code.startswith(code) or code.startswith(each.branch.code) for code in codes
        )
    ]
    deciding = {each.pk for each in branches}
    context = {
        "form": form,
        "may_decide": bool(branches),
        "rows": [(each, registry.get(each.sheet), each.branch_id in deciding) for each in listed],
    }
    return render(request, "completeness/exemptions.html", context)


def _decidable_branches(request: SignedInRequest) -> list[Branch]:
    """Return the branches whose exemptions are for this person to decide."""
    held = [
        each.branch for each in request.user.current_roles() if each.role in services.DECIDING_ROLES
    ]
    if not held:
        return []
    every = Branch.objects.select_related("parent").in_official_order()
    return [each for each in every if any(branch.contains(each.parent or each) for branch in held)]


@login_required
@require_POST
def revoke_exemption(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an exemption back."""
    found = get_object_or_404(Exemption.objects.select_related("branch__parent"), pk=pk)
    if not services.may_decide_for(request.user, found.branch):
        raise Http404
    try:
        services.revoke_exemption(found, user=request.user, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤销{found.branch}{found.period.label}的免报，恢复应报。")
    return redirect("exemptions")
