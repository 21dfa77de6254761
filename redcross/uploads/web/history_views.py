"""What was handed in, found again; what was remembered; what is effective, taken along."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import READ_ROLES, has_role, home_branch
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.files import Sensitivity, file_response
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import UploadState
from redcross.uploads.models import UploadQuerySet
from redcross.uploads.output import export_rows
from redcross.uploads.registry import registry
from redcross.uploads.web.forms import ReasonForm, initial_values
from redcross.uploads.web.views import require_entering_role
from redcross.uploads.workflow import services
from redcross.uploads.workflow.queries import entering_branch, heading_mappings, visible_uploads

PAGE_SIZE = 20
MAX_LISTED = 5000
FILTER_NAMES = ("q", "sheet", "state", "branch", "period", "sort")
SORT_ORDERS = {
    "": ("新的在前", ("-pk",)),
    "old": ("旧的在前", ("pk",)),
    "period": ("按报告期", ("-last_month", "-first_month", "-pk")),
    "branch": ("按单位", ("branch__position", "branch__code", "-pk")),
    "rows": ("行数多的在前", ("-rows", "-pk")),
}
LIST_HEADINGS = (
    "批次",
    "报表",
    "单位",
    "报告期",
    "文件",
    "行数",
    "错误",
    "提醒",
    "状态",
    "填报人",
    "上传时间",
)


@login_required
@require_GET
def list_uploads(request: SignedInRequest) -> HttpResponse:
    """List the uploads one may see, by what the address asks for; or give that list out."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTER_NAMES}
    uploads, complaint = _filter_uploads(visible_uploads(request.user), asked)
    if "export" in request.GET:
        return _send_list(uploads)
    page = Paginator(uploads, PAGE_SIZE).get_page(request.GET.get("page"))
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in asked.items() if value})
    context = {
        "page": page,
        "wanted": asked,
        "kept": f"{kept.urlencode()}&" if kept else "",
        "complaint": complaint,
        "states": UploadState.choices,
        "sheets": registry.values(),
        "sorts": [(key, label) for key, (label, _) in SORT_ORDERS.items()],
    }
    return render(request, "uploads/history.html", context)


def _filter_uploads(uploads: UploadQuerySet, asked: dict[str, str]) -> tuple[UploadQuerySet, str]:
    complaint = ""
    if asked["state"] in UploadState.values:
        uploads = uploads.filter(state=asked["state"])
    if asked["sheet"] in registry:
        uploads = uploads.filter(sheet=asked["sheet"])
    if asked["q"]:
        uploads = uploads.filter(filename__icontains=asked["q"])
    if asked["branch"]:
        branch = Branch.objects.named(asked["branch"])
        complaint = "" if branch else f"没有名为“{asked['branch']}”的单位。"
        uploads = uploads.under(branch) if branch else uploads.none()
    if asked["period"]:
        try:
            uploads = uploads.for_period(Period.parse(asked["period"]))
        except UnknownPeriodError as error:
            complaint, uploads = str(error), uploads.none()
    return uploads.order_by(*SORT_ORDERS.get(asked["sort"], SORT_ORDERS[""])[1]), complaint


def _send_list(uploads: UploadQuerySet) -> HttpResponse:
    rows = [
        (
            each.pk, each.declared.title, str(each.branch), each.period.label, each.filename,
            each.rows, each.errors, each.warnings, each.get_state_display(),
            str(each.uploaded_by), timezone.localtime(each.created_at).strftime("%Y-%m-%d %H:%M"),
        )
        for each in uploads[:MAX_LISTED]
    ]  # fmt: skip
    content = export_rows.build_list_workbook("报送记录", LIST_HEADINGS, rows)
    return file_response(content, "报送记录.xlsx", sensitivity=Sensitivity.FIGURES, rows=len(rows))


@login_required
@require_http_methods(["GET", "POST"])
def list_heading_mappings(request: SignedInRequest) -> HttpResponse:
    """Show how one's branch had its own headings mapped; one of them may be forgotten."""
    branch = entering_branch(request.user)
    if request.method == "POST":
        require_entering_role(request)
        about = get_object_or_404(Branch, pk=request.POST.get("branch") or 0)
        heading = request.POST.get("heading", "")
        try:
            services.forget_heading(
                about, request.POST.get("sheet", ""), heading, user=request.user
            )
        except RefusedError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"已忘记“{heading}”的对应关系。")
        return redirect("memories")
    context = {"branch": branch, "memories": heading_mappings(branch) if branch else []}
    return render(request, "uploads/memories.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def export_sheet(request: SignedInRequest, key: str) -> HttpResponse:
    """Give out what is effective, in the sheet's form or in the branch's own."""
    if key not in registry:
        raise Http404
    if not has_role(request.user, READ_ROLES):
        raise PermissionDenied
    sheet = registry[key]
    said: dict[str, Any] = dict(request.POST.items() if request.POST else request.GET.items())
    branch = Branch.objects.named(said.get("branch", "")) or home_branch(request.user)
    if branch is None or not has_role(request.user, READ_ROLES, branch):
        raise Http404
    personal = export_rows.has_personal_columns(sheet) and export_rows.may_see_personal(
        request.user, sheet, branch
    )
    reason = ReasonForm(request.POST or None)
    if request.method == "POST" and (not personal or reason.is_valid()):
        request.reason = reason.cleaned_data["reason"] if personal else ""
        request.seen_branch = branch.code
        try:
            form = export_rows.ExportForm(said.get("form", "blank"))
            period = Period.parse(said.get("period", ""))
            content = export_rows.export_workbook(
                request.user, sheet=sheet, branch=branch, period=period, form=form
            )
        except (RefusedError, UnknownPeriodError, ValueError) as error:
            messages.error(request, str(error))
        else:
            return file_response(
                content,
                f"{branch}{sheet.title}（{period.label}）.xlsx",
                sensitivity=Sensitivity.PERSONAL if personal else Sensitivity.FIGURES,
                branch_code=branch.code,
            )
    context = {
        "sheet": sheet,
        "branch": branch,
        "period": said.get("period") or initial_values(request)["period"],
        "form": said.get("form", "blank"),
        "personal": personal,
        "reason": reason,
    }
    return render(request, "uploads/export.html", context)
