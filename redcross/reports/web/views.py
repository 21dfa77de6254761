"""The pages of reports: what is due, in work, issued; read, edit, fix, send."""

from collections.abc import Callable
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
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role, home_branch
from redcross.branches.models import Branch
from redcross.files import Sensitivity, file_response
from redcross.indicators.query.formatting import NO_VALUE, format_for_document
from redcross.indicators.query.query_params import FIGURE_ROLES
from redcross.periods import Period, add_months, business_date, business_now, month_start
from redcross.reports.choices import ReportState
from redcross.reports.compose.content import (
    EmptyReportError,
    apply_edits,
    is_numeric_piece,
    list_annexes,
)
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.documents.template_check import TemplateRefusedError
from redcross.reports.documents.word import check_template, find_template, write_report
from redcross.reports.documents.workbook import write_figures_workbook
from redcross.reports.models import Report, ReportTemplate
from redcross.reports.web.forms import DraftForm, TemplateForm
from redcross.reports.workflow import due_reports, services
from redcross.reports.workflow.services import WRITER_ROLES, ReportRefusedError

PAGE_SIZE = 20


def _writable_branches(request: SignedInRequest) -> list[Branch]:
    """Return the branches whose office the user is."""
    return [each.branch for each in request.user.current_roles() if each.role in WRITER_ROLES]


def _require_reader(request: SignedInRequest) -> None:
    if not has_role(request.user, FIGURE_ROLES):
        raise Http404


@login_required
@require_GET
def reports(request: SignedInRequest) -> HttpResponse:
    """List the reports one may read, newest first."""
    _require_reader(request)
    found = Report.objects.visible_to(request.user).select_related("branch", "issued_by")
    state, kind = request.GET.get("state", ""), request.GET.get("kind", "")
    search = request.GET.get("q", "").strip()
    if state in ReportState.values:
        found = found.filter(state=state)
    if kind in report_kinds:
        found = found.filter(kind=kind)
    if search:
        found = found.filter(content__title__icontains=search)
    found = found.defer("edits").order_by("-last_month", "branch__code", "-pk")
    branches = _writable_branches(request)
    today = business_date(timezone.now())
    month = Period.month(add_months(month_start(today), -1))
    return render(
        request,
        "reports/list.html",
        {
            "page": Paginator(found, PAGE_SIZE).get_page(request.GET.get("page")),
            "names": {each.key: each.name for each in report_kinds.values()},
            "states": ReportState.choices,
            "state": state,
            "kind": kind,
            "search": search,
            "coming": sorted(due_reports.list_next_reports(branches, today)) if branches else [],
            "today": today,
            "templates": _list_templates(branches),
            "query": urlencode({"q": search, "kind": kind, "state": state}),
            "form": DraftForm(branches=branches, initial={"period": str(month)})
            if branches
            else None,
        },
    )


def _list_templates(branches: list[Branch]) -> list[tuple[str, str, ReportTemplate | None]]:
    """Return each report's key, name and the template its office has put in place."""
    known = ReportTemplate.objects.filter(branch__in=branches).select_related("uploaded_by")
    kept = {each.kind: each for each in known.defer("content")}
    return [(each.key, each.name, kept.get(each.key)) for each in report_kinds.values()]


@login_required
@require_POST
def write(request: SignedInRequest) -> HttpResponse:
    """Write a report now; asked twice, the one there is opens."""
    form = DraftForm(request.POST, branches=_writable_branches(request))
    if not form.is_valid():
        messages.error(
            request, "；".join(str(text) for each in form.errors.values() for text in each)
        )
        return redirect("reports")
    kind = report_kinds[form.cleaned_data["kind"]]
    branch, period = form.cleaned_data["branch"], form.cleaned_data["period"]
    try:
        report = services.draft_report(
            kind, branch, period, user=request.user, now=business_now(timezone.now())
        )
    except (ReportRefusedError, EmptyReportError) as error:
        messages.error(request, str(error))
        known = services.find_report(kind, branch, period) if period.first else None
        return redirect("report", pk=known.pk) if known else redirect("reports")
    messages.success(request, "底稿已生成，请核对文字和数字。")
    return redirect("report", pk=report.pk)


def _get_report(request: SignedInRequest, pk: int) -> Report:
    found = Report.objects.visible_to(request.user).select_related(
        "branch", "finalised_by", "issued_by"
    )
    return get_object_or_404(found, pk=pk)


@login_required
@require_GET
def report(request: SignedInRequest, pk: int) -> HttpResponse:
    """Read a report; each number leads to its source."""
    found = _get_report(request, pk)
    is_final = found.state != ReportState.DRAFT
    context = {
        "report": found,
        "kind": report_kinds.get(found.kind),
        "chapters": _add_figure_links(found, apply_edits(found.content, found.edits)),
        "annexes": _add_figure_links(found, [{"blocks": list_annexes(found.content)}])[0]["blocks"],
        "notes": found.content["notes"],
        "writes": has_role(request.user, WRITER_ROLES, found.branch),
        "changes": _format_changes(found) if is_final else [],
        "receipts": found.receipts.select_related("user", "branch") if is_final else [],
        "unread": services.list_unread_branches(found) if found.state == ReportState.ISSUED else [],
        "intact": is_final and services.is_intact(found),
        "fault": ReportTemplate.objects.filter(kind=found.kind, branch=found.branch)
        .exclude(fault="")
        .first(),
        "received": found.receipts.filter(user=request.user).exists(),
        "is_reader": home_branch(request.user) != found.branch,
        "edit": request.GET.get("edit", ""),
    }
    return render(request, "reports/report.html", context)


def _add_figure_links(report: Report, chapters: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the chapters with the address of each figure's page."""
    for chapter in chapters:
        for block in chapter["blocks"]:
            rows = block["rows"] if block["kind"] == "table" else [block.get("pieces", [])]
            for piece in (piece for row in rows for piece in row):
                piece["number"] = is_numeric_piece(piece)
                if piece.get("figures") and piece["text"] != NO_VALUE:
                    told = report.figures[piece["figures"][0]]
                    piece["link"] = _figure_url(told)
                    piece["title"] = f"{told['label']} {told['value'] or '—'} {told['unit']}"
    return chapters


def _figure_url(told: dict[str, Any]) -> str:
    page = reverse("figure", kwargs={"key": told["indicator"]})
    said = {"branch": told["branch"], "period": told["period"]}
    if told["own"]:
        said["own"] = "1"
    if told["breakdown"]:
        said |= {"by": told["breakdown"], "category": told["category_key"]}
    return f"{page}?{urlencode(said)}"


def _format_changes(report: Report) -> list[dict[str, str]]:
    return [
        {
            "label": each.told["label"],
            "category": each.told["category"],
            "period": Period.parse(each.told["period"]).label,
            "branch": each.told["branch_name"],
            "was": _format_stored_value(each.told, each.told["value"]),
            "now": _format_stored_value(each.told, each.value),
            "link": _figure_url(each.told),
        }
        for each in services.list_figure_changes(report)
    ]


def _format_stored_value(told: dict[str, Any], value: str | None) -> str:
    return format_for_document(
        None if value is None else Decimal(value), services.stored_unit(told)
    )


ReportAction = Callable[[SignedInRequest, Report], str]


def _refresh(request: SignedInRequest, report: Report) -> str:
    services.refresh_report(report.pk, user=request.user, now=business_now(timezone.now()))
    return "已重新取数；人工改过的段落保留不变。"


def _edit(request: SignedInRequest, report: Report) -> str:
    text = None if "restore" in request.POST else request.POST.get("text", "")
    services.edit_paragraph(report.pk, request.POST.get("block", ""), text, user=request.user)
    return "已恢复底稿文字。" if text is None else "已保存这一段。"


def _finalise(request: SignedInRequest, report: Report) -> str:
    services.finalise_report(
        report.pk,
        document_number=request.POST.get("document_number", "")[:40],
        user=request.user,
        now=timezone.now(),
    )
    return "已定稿，数字已固定。"


def _reopen(request: SignedInRequest, report: Report) -> str:
    services.reopen_report(report.pk, user=request.user)
    return "已退回编辑。"


def _issue(request: SignedInRequest, report: Report) -> str:
    issued = services.issue_report(report.pk, user=request.user, now=business_now(timezone.now()))
    return f"已发布，{issued.issue}。"


def _remind(request: SignedInRequest, report: Report) -> str:
    behind = services.remind_branches(report, user=request.user, now=business_now(timezone.now()))
    return f"已提醒{len(behind)}个单位：{'、'.join(each.short_name for each in behind)}。"


def _receive(request: SignedInRequest, report: Report) -> str:
    services.acknowledge_report(report, user=request.user, now=timezone.now())
    return "已签收。"


ACTIONS: dict[str, ReportAction] = {
    "refresh": _refresh,
    "edit": _edit,
    "finalise": _finalise,
    "reopen": _reopen,
    "issue": _issue,
    "receive": _receive,
    "remind": _remind,
}


@login_required
@require_POST
def run_action(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Do one thing with a report, or say why not."""
    found = _get_report(request, pk)
    if name not in ACTIONS:
        raise Http404
    try:
        messages.success(request, ACTIONS[name](request, found))
    except ReportRefusedError as error:
        messages.error(request, str(error))
    return redirect("report", pk=pk)


@login_required
@require_GET
def word(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a report as a Word document."""
    found = _get_report(request, pk)
    return file_response(
        write_report(found),
        f"{found}.docx",
        sensitivity=Sensitivity.ISSUED_DOCUMENT,
        branch_code=found.branch.code,
    )


@login_required
@require_GET
def figures(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give a report's tables and figures as a workbook."""
    found = _get_report(request, pk)
    notice = settings.DEMO_NOTICE if settings.DEMO else ""
    return file_response(
        write_figures_workbook(found.content, notice),
        f"{found}（附表）.xlsx",
        sensitivity=Sensitivity.FIGURES,
        rows=len(found.content["figures"]),
        branch_code=found.branch.code,
    )


@login_required
@require_http_methods(["GET", "POST"])
def template(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Give the Word template of a report, or take the office's own in its place."""
    branch = get_object_or_404(Branch, code=code)
    if kind not in report_kinds or not has_role(request.user, WRITER_ROLES, branch):
        raise Http404
    if request.method == "GET":
        name = f"{report_kinds[kind].name}模板.docx"
        return file_response(find_template(kind, branch.pk), name, sensitivity=Sensitivity.NO_DATA)
    form = TemplateForm(request.POST, request.FILES)
    if "restore" in request.POST:
        ReportTemplate.objects.filter(kind=kind, branch=branch).delete()
        messages.success(request, "已恢复系统自带的模板。")
    elif form.is_valid():
        _save_template(request, kind, branch, form.cleaned_data["file"])
    else:
        messages.error(request, "请选择一份 Word 模板（docx）。")
    return redirect("reports")


def _save_template(request: SignedInRequest, kind: str, branch: Branch, file: Any) -> None:
    content = file.read()
    try:
        check_template(content)
    except TemplateRefusedError as error:
        messages.error(request, str(error))
        return
    ReportTemplate.objects.update_or_create(
        kind=kind,
        branch=branch,
        defaults={
            "content": content,
            "filename": file.name[:200],
            "uploaded_by": request.user,
            "uploaded_at": timezone.now(),
            "fault": "",
        },
    )
    messages.success(request, f"模板“{file.name}”已启用，从下一次下载 Word 起使用。")
