"""The Word templates of offices: downloaded, replaced, restored."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import has_role
from redcross.branches.models import Branch
from redcross.files import Sensitivity, file_response
from redcross.reports.declare.declaration import report_kinds
from redcross.reports.documents.template_check import TemplateRefusedError
from redcross.reports.documents.word import check_template, find_template
from redcross.reports.models import ReportTemplate
from redcross.reports.web.forms import TemplateForm
from redcross.reports.workflow.services import WRITER_ROLES


@login_required
@require_http_methods(["GET", "POST"])
def template(request: SignedInRequest, kind: str, code: str) -> HttpResponse:
    """Send the Word template of a report, or store the office's own instead of it."""
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


def _save_template(
    request: SignedInRequest, kind: str, branch: Branch, file: "UploadedFile[Any]"
) -> None:
    content, name = file.read(), file.name or ""
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
            "filename": name[:200],
            "uploaded_by": request.user,
            "uploaded_at": timezone.now(),
            "fault": "",
        },
    )
    messages.success(request, f"模板“{name}”已启用，从下一次下载 Word 起使用。")
