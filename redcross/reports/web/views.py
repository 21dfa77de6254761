"""The pages of reports: the list, one report, its downloads."""

from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role, home_branch
from redcross.branches.models import Branch
from redcross.files import Sensitivity, file_response
from redcross.indicators.query.formatting import NO_VALUE, format_for_document
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.periods import Period, add_months, business_date, business_now, month_start
from redcross.reports.choices import ReportState
from redcross.reports.compose.content import EmptyReportError, is_numeric_piece, list_annexes
from redcross.reports.compose.edits import apply_edits
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.documents.word import write_report
from redcross.reports.documents.workbook import write_figures_workbook
from redcross.reports.models import Report, ReportQuerySet, ReportTemplate
from redcross.reports.web.forms import DraftForm
from redcross.reports.workflow import changes, services
from redcross.reports.workflow.due_reports import list_next_reports
from redcross.reports.workflow.services import WRITER_ROLES, ReportRefusedError

PAGE_SIZE = 20


def _writable_branches(request: SignedInRequest) -> list[Branch]:
    """Return the branches whose office the user is."""
    return [
        assignment.branch
        for assignment in request.user.current_roles()
        if assignment.role in WRITER_ROLES
    ]


@login_required
@require_GET
def reports(request: SignedInRequest) -> HttpResponse:
    """List the reports one may read, newest first, and those an office has to write."""
    if not has_role(request.user, FIGURE_ROLES):
        raise Http404
    filters = {name: request.GET.get(name, "").strip() for name in ("q", "kind", "state")}
    page = Paginator(_filter_reports(request, filters), PAGE_SIZE)
    context = {
        "page": page.get_page(request.GET.get("page")),
        "names": {kind.key: kind.name for kind in report_kinds.values()},
        "states": ReportState.choices,
        "search": filters["q"],
        "kind": filters["kind"],
        "state": filters["state"],
        "query": urlencode(filters),
        **_writer_context(_writable_branches(request)),
    }
    return render(request, "reports/list.html", context)


def _filter_reports(request: SignedInRequest, filters: dict[str, str]) -> ReportQuerySet:
    rows = Report.objects.visible_to(request.user).select_related("branch", "issued_by")
    if filters["state"] in ReportState.values:
        rows = rows.filter(state=filters["state"])
    if filters["kind"] in report_kinds:
        rows = rows.filter(kind=filters["kind"])
    if filters["q"]:
        rows = rows.filter(content__title__icontains=filters["q"])
    return rows.defer("edits").order_by("-last_month", "branch__code", "-pk")


def _writer_context(branches: list[Branch]) -> dict[str, Any]:
    """Return what an office sees below the list: next reports, the form, its templates."""
    if not branches:
        return {"next_reports": [], "form": None, "templates": []}
    today = business_date(timezone.now())
    last_month = Period.month(add_months(month_start(today), -1))
    return {
        "next_reports": [
            (report, report.due_on <= today)
            for report in sorted(list_next_reports(branches, today))
        ],
        "form": DraftForm(branches=branches, initial={"period": str(last_month)}),
        "templates": _list_templates(branches),
    }


def _list_templates(branches: list[Branch]) -> list[tuple[str, str, ReportTemplate | None]]:
    """Return each report's key, its name, and the template its office has uploaded."""
    templates = ReportTemplate.objects.filter(branch__in=branches).select_related("uploaded_by")
    by_kind = {template.kind: template for template in templates.defer("content")}
    return [(kind.key, kind.name, by_kind.get(kind.key)) for kind in report_kinds.values()]


@login_required
@require_POST
def write(request: SignedInRequest) -> HttpResponse:
    """Write a report now; where it exists already, open that one."""
    form = DraftForm(request.POST, branches=_writable_branches(request))
    if not form.is_valid():
        errors = (str(text) for texts in form.errors.values() for text in texts)
        messages.error(request, "；".join(errors))
        return redirect("reports")
    kind = report_kinds[form.cleaned_data["kind"]]
    branch, period = form.cleaned_data["branch"], form.cleaned_data["period"]
    try:
        report = services.draft_report(
            kind, branch, period, user=request.user, now=business_now(timezone.now())
        )
    except (ReportRefusedError, EmptyReportError) as error:
        messages.error(request, str(error))
        existing = services.find_report(kind, branch, period) if period.first else None
        return redirect("report", pk=existing.pk) if existing else redirect("reports")
    messages.success(request, "底稿已生成，请核对文字和数字。")
    return redirect("report", pk=report.pk)


def get_report(request: SignedInRequest, pk: int) -> Report:
    """Return a report the user may read; raise Http404."""
    rows = Report.objects.visible_to(request.user).select_related(
        "branch", "finalised_by", "issued_by"
    )
    return get_object_or_404(rows, pk=pk)


@login_required
@require_GET
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show a report; each number links to its source."""
    shown = get_report(request, pk)
    chapters = _add_figure_links(shown, apply_edits(shown.content, shown.edits))
    annexes = _add_figure_links(shown, [{"blocks": list_annexes(shown.content)}])[0]["blocks"]
    template = ReportTemplate.objects.filter(kind=shown.kind, branch=shown.branch)
    is_final = not shown.is_draft
    context = {
        "report": shown,
        "kind": report_kinds.get(shown.kind),
        "chapters": chapters,
        "annexes": annexes,
        "notes": shown.content["notes"],
        "changes": _format_changes(shown) if is_final else [],
        "receipts": shown.receipts.select_related("user", "branch") if is_final else [],
        "unread": services.list_unread_branches(shown) if shown.is_issued else [],
        "intact": is_final and changes.is_intact(shown),
        "faulty_template": template.exclude(fault="").first(),
        "edited_block": request.GET.get("edit", ""),
        **_permitted_actions(request, shown),
    }
    return render(request, "reports/report.html", context)


def _permitted_actions(request: SignedInRequest, report: Report) -> dict[str, bool]:
    """Return what the user may do with a report in its present state."""
    is_writer = has_role(request.user, WRITER_ROLES, report.branch)
    is_received = report.receipts.filter(user=request.user).exists()
    is_recipient = home_branch(request.user) != report.branch
    return {
        "is_writer": is_writer,
        "may_edit": is_writer and report.is_draft,
        "may_issue": is_writer and report.is_final,
        "may_acknowledge": report.is_issued and is_recipient and not is_received,
    }


def _add_figure_links(report: Report, chapters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Add to each piece whether it is a number, and the address of its figure's page."""
    figures = report.figures
    for chapter in chapters:
        for block in chapter["blocks"]:
            rows = block["rows"] if block["kind"] == "table" else [block.get("pieces", [])]
            for piece in (piece for row in rows for piece in row):
                piece["number"] = is_numeric_piece(piece)
                if piece.get("figures") and piece["text"] != NO_VALUE:
                    figure = figures[piece["figures"][0]]
                    piece["link"] = _figure_url(figure)
                    piece["title"] = f"{figure['label']} {figure['value'] or '—'} {figure['unit']}"
    return chapters


def _figure_url(figure: dict[str, Any]) -> str:
    page = reverse("figure", kwargs={"key": figure["indicator"]})
    params = {"branch": figure["branch"], "period": figure["period"]}
    if figure["own"]:
        params["own"] = "1"
    if figure["breakdown"]:
        params |= {"by": figure["breakdown"], "category": figure["category_key"]}
    return f"{page}?{urlencode(params)}"


def _format_changes(report: Report) -> list[dict[str, str]]:
    return [
        {
            "label": change.stored["label"],
            "category": change.stored["category"],
            "period": Period.parse(change.stored["period"]).label,
            "branch": change.stored["branch_name"],
            "was": _format_stored_value(change.stored, change.stored["value"]),
            "now": _format_stored_value(change.stored, change.value),
            "link": _figure_url(change.stored),
        }
        for change in changes.list_figure_changes(report)
    ]


def _format_stored_value(figure: dict[str, Any], value: str | None) -> str:
    return format_for_document(
        None if value is None else Decimal(value), changes.stored_unit(figure)
    )


@login_required
@require_GET
def word(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a report as a Word document."""
    shown = get_report(request, pk)
    return file_response(
        write_report(shown),
        f"{shown}.docx",
        sensitivity=Sensitivity.ISSUED_DOCUMENT,
        branch_code=shown.branch.code,
    )


@login_required
@require_GET
def figures(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send a report's tables and figures as a workbook."""
    shown = get_report(request, pk)
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return file_response(
        write_figures_workbook(shown.content, notice),
        f"{shown}（附表）.xlsx",
        sensitivity=Sensitivity.FIGURES,
        rows=len(shown.content["figures"]),
        branch_code=shown.branch.code,
    )
