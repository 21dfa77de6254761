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
from redcross.accounts.rules import READING, holds, home_branch
from redcross.accounts.scope import roles_of
from redcross.branches.models import Branch
from redcross.completeness import board, export, services
from redcross.completeness.choices import Standing
from redcross.completeness.forms import ExemptionForm
from redcross.completeness.models import Exemption
from redcross.completeness.obligations import obligations
from redcross.files import Holds, sent
from redcross.periods import Period, UnknownPeriodError, add_months, business_date, month_start
from redcross.uploads.registry import registry
from redcross.uploads.workflow.services import RefusedError


@login_required
@require_GET
def progress_board(request: SignedInRequest) -> HttpResponse:
    """Show which branch has handed in what (报送进度), as matrix and as map."""
    asked = _asked(request)
    found = board.compose(asked, today=business_date(timezone.now()))
    context = {
        **found,
        "definition": export.DEFINITION,
        "sheets_to_choose": [each for each in registry.offered() if each.due],
        "may_remind": holds(request.user, services.DECIDING, asked.branch),
    }
    return render(request, "completeness/board.html", context)


@login_required
@require_GET
def progress_export(request: SignedInRequest) -> HttpResponse:
    """Send what the board shows as a workbook."""
    asked = _asked(request)
    found = board.compose(asked, today=business_date(timezone.now()))
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    name = f"报送进度-{asked.branch.code}-{asked.period}.xlsx"
    return sent(
        export.as_workbook(asked, found, notice),
        name,
        holds=Holds.FIGURES,
        rows=len(found["found"]),
        branch_code=asked.branch.code,
    )


def _asked(request: SignedInRequest) -> board.Asked:
    """Read the board's address; a branch one may not read is not found."""
    said = request.POST if request.method == "POST" else request.GET
    home = home_branch(request.user)
    branch = get_object_or_404(Branch, code=said.get("branch") or (home.code if home else ""))
    if not holds(request.user, READING, branch):
        raise Http404
    request.seen_branch = branch.code
    period, message = _period(said.get("period", ""))
    domain, sheet, standing = (said.get(name, "") for name in ("domain", "sheet", "standing"))
    return board.Asked(
        branch,
        period,
        domain=domain if domain in Domain.values else "",
        sheet=sheet if sheet in registry else "",
        standing=standing if standing in Standing.values else "",
        every_level=said.get("level") == "all",
        message=message,
    )


def _period(text: str) -> tuple[Period, str]:
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
def remind(request: SignedInRequest) -> HttpResponse:
    """Ask the statisticians of the branches below for what they still owe (催报)."""
    asked = _asked(request)
    if not holds(request.user, services.DECIDING, asked.branch):
        raise Http404
    below = Branch.objects.below(asked.branch).in_official_order()
    only = request.POST.get("only", "")
    # Each level urges the next; one further down is urged by its own row.
    branches = list(below.filter(code=only) if only else below.filter(parent=asked.branch))
    today = business_date(timezone.now())
    found = [each for each in obligations(branches, asked.period, today=today) if asked.keeps(each)]
    _tell(request, services.urge(found, user=request.user, now=timezone.now()))
    return redirect(f"{reverse('progress')}?{asked.query}")


def _tell(request: SignedInRequest, urged: services.Urged) -> None:
    if urged.told:
        names, branches = _listed(urged.told), _listed(urged.branches)
        messages.success(request, f"已向 {len(urged.told)} 人（{names}）催报，涉及{branches}。")
    if urged.just_before:
        messages.info(request, f"{_listed(urged.just_before)}一小时内已催报过，没有重复发送。")
    if urged.without_clerk:
        messages.error(
            request,
            f"{_listed(urged.without_clerk)}还没有填报人账户，无法在门户内催报；"
            "请电话联系，或在“人员与账户”中为其开通账户。",
        )
    if not (urged.told or urged.just_before or urged.without_clerk):
        messages.success(request, "没有需要催报的报表：都已报送、免报或未到填报期。")


def _listed(names: tuple[str, ...]) -> str:
    rest = f"等{len(names)}个" if len(names) > 5 else ""
    return f"{'、'.join(names[:5])}{rest}"


@login_required
@require_http_methods(["GET", "POST"])
def exemptions(request: SignedInRequest) -> HttpResponse:
    """List what is excused, taken back or not; excuse a branch below (免报)."""
    branches = _decides_for(request)
    if not holds(request.user, READING) or (request.method == "POST" and not branches):
        raise Http404
    form = ExemptionForm(request.POST or None, branches=branches, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        try:
            made = services.exempt(**form.cleaned_data, user=request.user, now=timezone.now())
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已免报：{made.branch}{made.period.label}。")
            return redirect("exemptions")
    codes = [each.branch.code for each in roles_of(request.user)]
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


def _decides_for(request: SignedInRequest) -> list[Branch]:
    """Return the branches whose exemptions are for this person to decide."""
    held = [each.branch for each in roles_of(request.user) if each.role in services.DECIDING]
    if not held:
        return []
    every = Branch.objects.select_related("parent").in_official_order()
    return [each for each in every if any(branch.holds(each.parent or each) for branch in held)]


@login_required
@require_POST
def revoke_exemption(request: SignedInRequest, pk: int) -> HttpResponse:
    """Take an exemption back."""
    found = get_object_or_404(Exemption.objects.select_related("branch__parent"), pk=pk)
    if not services.may_decide_for(request.user, found.branch):
        raise Http404
    try:
        services.revoke(found, user=request.user, now=timezone.now())
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已撤销{found.branch}{found.period.label}的免报，恢复应报。")
    return redirect("exemptions")
