"""报送进度: the board, its workbook, and 催报."""

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from redcross.accounts.choices import Domain
from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role, home_branch
from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.obligations.evaluate import list_obligations
from redcross.completeness.reminders.urging import UrgingResult, send_urging
from redcross.completeness.rules import DECIDING_ROLES
from redcross.completeness.web.board import BoardQuery, build_board
from redcross.completeness.web.board_workbook import QUALITY_DEFINITION, write_board
from redcross.files import Sensitivity, file_response
from redcross.periods import Period, UnknownPeriodError, add_months, business_date, month_start
from redcross.uploads.registry import registry

MAX_MONTHS = 36
_MAX_NAMES = 5


@login_required
@require_GET
def progress_board(request: SignedInRequest) -> HttpResponse:
    """Show which branch has submitted what (报送进度), as a matrix and as a map."""
    query = _parse_board_query(request)
    context = {
        **build_board(query, today=business_date(timezone.now())),
        "definition": QUALITY_DEFINITION,
        "sheets_to_choose": [sheet for sheet in registry.in_menu_order() if sheet.due],
        "may_remind": has_role(request.user, DECIDING_ROLES, query.branch),
    }
    return render(request, "completeness/board.html", context)


@login_required
@require_GET
def progress_export(request: SignedInRequest) -> HttpResponse:
    """Send the content of the board as a workbook."""
    query = _parse_board_query(request)
    content = build_board(query, today=business_date(timezone.now()))
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return file_response(
        write_board(query, content, notice),
        f"报送进度-{query.branch.code}-{query.period}.xlsx",
        sensitivity=Sensitivity.FIGURES,
        rows=len(content["obligations"]),
        branch_code=query.branch.code,
    )


def _parse_board_query(request: SignedInRequest) -> BoardQuery:
    """Return the board of the address; raise Http404 for a branch the user may not read."""
    values = request.POST if request.method == "POST" else request.GET
    home = home_branch(request.user)
    branch = get_object_or_404(Branch, code=values.get("branch") or (home.code if home else ""))
    if not has_role(request.user, READ_ROLES, branch):
        raise Http404
    request.seen_branch = branch.code
    period, message = _parse_period(values.get("period", ""))
    domain, sheet, status = (values.get(name, "") for name in ("domain", "sheet", "standing"))
    return BoardQuery(
        branch,
        period,
        domain=domain if domain in Domain.values else "",
        sheet=sheet if sheet in registry else "",
        status=status if status in ObligationStatus.values else "",
        every_level=values.get("level") == "all",
        message=message,
    )


def _parse_period(text: str) -> tuple[Period, str]:
    """Return the period, else last month and why the text was not used."""
    last_month = Period.month(add_months(month_start(business_date(timezone.now())), -1))
    if not text.strip():
        return last_month, ""
    try:
        period = Period.parse(text)
    except UnknownPeriodError as error:
        return last_month, str(error)
    if period.first is None or (period.length or 0) > MAX_MONTHS:
        return last_month, "报告期须有起止月份，且不超过三年。"
    return period, ""


@login_required
@require_POST
def urge_branches(request: SignedInRequest) -> HttpResponse:
    """Urge the clerks of the branches one level below, or of one branch (催报)."""
    query = _parse_board_query(request)
    if not has_role(request.user, DECIDING_ROLES, query.branch):
        raise Http404
    below = Branch.objects.below(query.branch).in_official_order()
    code = request.POST.get("only", "")
    # Each level urges the next; a branch further down is urged from its own row.
    branches = list(below.filter(code=code) if code else below.filter(parent=query.branch))
    today = business_date(timezone.now())
    obligations = [
        obligation
        for obligation in list_obligations(branches, query.period, today=today)
        if query.includes(obligation)
    ]
    result = send_urging(obligations, user=request.user, now=timezone.now())
    _show_urging_result(request, result)
    return redirect(f"{reverse('progress')}?{query.query}")


def _show_urging_result(request: SignedInRequest, result: UrgingResult) -> None:
    if result.recipients:
        names, branches = _join_names(result.recipients), _join_names(result.branches)
        messages.success(
            request, f"已向 {len(result.recipients)} 人（{names}）催报，涉及{branches}。"
        )
    if result.already_urged:
        messages.info(
            request, f"{_join_names(result.already_urged)}一小时内已催报过，没有重复发送。"
        )
    if result.branches_without_clerk:
        messages.error(
            request,
            f"{_join_names(result.branches_without_clerk)}还没有填报人账户，无法在门户内催报；"
            "请电话联系，或在“人员与账户”中为其开通账户。",
        )
    if not (result.recipients or result.already_urged or result.branches_without_clerk):
        messages.success(request, "没有需要催报的报表：都已报送、免报或未到填报期。")


def _join_names(names: tuple[str, ...]) -> str:
    rest = f"等{len(names)}个" if len(names) > _MAX_NAMES else ""
    return f"{'、'.join(names[:_MAX_NAMES])}{rest}"
