"""Pages of a sheet: its blank workbook, the export of its effective rows, the finding codes."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role, home_branch
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.files import Sensitivity, file_response
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.output import export_rows
from redcross.uploads.output.blank_workbook import build_blank_workbook
from redcross.uploads.registry import registry
from redcross.uploads.schema.finding_catalogue import CODES
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.web.forms import ReasonForm, initial_values


@login_required
@require_GET
def list_blanks(request: SignedInRequest) -> HttpResponse:
    """List the blank workbooks."""
    return render(request, "uploads/blanks.html", {"sheets": registry.values()})


@login_required
@require_GET
def download_blank(request: SignedInRequest, key: str) -> HttpResponse:
    """Send the blank workbook of a sheet, for the person's own branch."""
    if key not in registry:
        messages.error(request, f"没有名为“{key}”的报表。")
        return redirect("blanks")
    branch = home_branch(request.user)
    below = Branch.objects.under(branch).in_official_order() if branch else Branch.objects.none()
    content = build_blank_workbook(
        registry[key].specification(),
        society=branch.society if branch else "",
        branch_names=list(below.values_list("short_name", flat=True)),
    )
    return file_response(content, f"{registry[key].title}.xlsx", sensitivity=Sensitivity.NO_DATA)


@login_required
@require_GET
def explain_code(request: SignedInRequest, key: str) -> HttpResponse:
    """Explain one kind of finding, and list all of them."""
    context = {"code": CODES.get(key), "key": key, "codes": CODES.values()}
    return render(request, "uploads/code.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def export_sheet(request: SignedInRequest, key: str) -> HttpResponse:
    """Ask for branch, period and form, and send the effective rows."""
    if key not in registry:
        raise Http404
    if not has_role(request.user, READ_ROLES):
        raise PermissionDenied
    sheet = registry[key]
    values: dict[str, Any] = dict(request.POST.items() if request.POST else request.GET.items())
    branch = Branch.objects.find_by_name(values.get("branch", "")) or home_branch(request.user)
    if branch is None or not has_role(request.user, READ_ROLES, branch):
        raise Http404
    is_personal = export_rows.has_personal_columns(sheet) and export_rows.may_see_personal(
        request.user, sheet, branch
    )
    reason = ReasonForm(request.POST or None)
    if request.method == "POST" and (not is_personal or reason.is_valid()):
        request.reason = reason.cleaned_data["reason"] if is_personal else ""
        response = _send_export(request, sheet, branch, values, is_personal=is_personal)
        if response is not None:
            return response
    context = {
        "sheet": sheet,
        "branch": branch,
        "period": values.get("period") or initial_values(request)["period"],
        "form": values.get("form", "blank"),
        "personal": is_personal,
        "reason": reason,
    }
    return render(request, "uploads/export.html", context)


def _send_export(
    request: SignedInRequest,
    sheet: Sheet,
    branch: Branch,
    values: dict[str, Any],
    *,
    is_personal: bool,
) -> HttpResponse | None:
    """Return the file; None, with a message, where there is nothing to export."""
    request.seen_branch = branch.code
    try:
        form = export_rows.ExportForm(values.get("form", "blank"))
        period = Period.parse(values.get("period", ""))
        content = export_rows.export_workbook(
            request.user, sheet=sheet, branch=branch, period=period, form=form
        )
    except (RefusedError, UnknownPeriodError, ValueError) as error:
        messages.error(request, str(error))
        return None
    return file_response(
        content,
        f"{branch}{sheet.title}（{period.label}）.xlsx",
        sensitivity=Sensitivity.PERSONAL if is_personal else Sensitivity.FIGURES,
        branch_code=branch.code,
    )
