"""The buttons of a report's page: edit, finalise, issue, acknowledge, remind."""

from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.periods import business_now
from redcross.reports.models import Report
from redcross.reports.web.views import get_report
from redcross.reports.workflow import services
from redcross.reports.workflow.services import ReportRefusedError

ReportAction = Callable[[SignedInRequest, Report], str]
"""Runs one action; returns the message of its success, or raises ReportRefusedError."""


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
    reminded = services.remind_branches(report, user=request.user, now=business_now(timezone.now()))
    names = "、".join(branch.short_name for branch in reminded)
    return f"已提醒{len(reminded)}个单位：{names}。"


def _acknowledge(request: SignedInRequest, report: Report) -> str:
    services.acknowledge_report(report, user=request.user, now=timezone.now())
    return "已签收。"


ACTIONS: dict[str, ReportAction] = {
    "refresh": _refresh,
    "edit": _edit,
    "finalise": _finalise,
    "reopen": _reopen,
    "issue": _issue,
    "receive": _acknowledge,
    "remind": _remind,
}


@login_required
@require_POST
def run_action(request: SignedInRequest, pk: int, name: str) -> HttpResponse:
    """Run one action on a report, or show why it is refused."""
    report = get_report(request, pk)
    if name not in ACTIONS:
        raise Http404
    try:
        messages.success(request, ACTIONS[name](request, report))
    except ReportRefusedError as error:
        messages.error(request, str(error))
    return redirect("report", pk=pk)
