"""报送记录: the list of uploads, and the headings a branch has mapped by hand."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from redcross.accounts.requests import SignedInRequest
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.files import Sensitivity, file_response
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload, UploadQuerySet
from redcross.uploads.output import export_rows
from redcross.uploads.registry import registry
from redcross.uploads.web.access import require_entering_role
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
    "批次", "报表", "单位", "报告期", "文件", "行数", "错误", "提醒", "状态", "填报人", "上传时间",
)  # fmt: skip


@login_required
@require_GET
def list_uploads(request: SignedInRequest) -> HttpResponse:
    """List the uploads the person may see, filtered by the address; or send that list."""
    filters = {name: request.GET.get(name, "").strip() for name in FILTER_NAMES}
    uploads, complaint = _filter_uploads(visible_uploads(request.user), filters)
    if "export" in request.GET:
        return _send_list(uploads)
    query = QueryDict(mutable=True)
    query.update({name: value for name, value in filters.items() if value})
    context = {
        "page": Paginator(uploads, PAGE_SIZE).get_page(request.GET.get("page")),
        "filters": filters,
        "query": f"{query.urlencode()}&" if query else "",
        "complaint": complaint,
        "states": UploadState.choices,
        "sheets": registry.values(),
        "sorts": [(key, label) for key, (label, _) in SORT_ORDERS.items()],
    }
    return render(request, "uploads/history.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def list_heading_mappings(request: SignedInRequest) -> HttpResponse:
    """List how the person's branch had its own headings mapped; delete one of them."""
    branch = entering_branch(request.user)
    if request.method == "POST":
        require_entering_role(request)
        _forget_heading(request)
        return redirect("memories")
    context = {"branch": branch, "mappings": heading_mappings(branch) if branch else []}
    return render(request, "uploads/heading_mappings.html", context)


def _filter_uploads(uploads: UploadQuerySet, filters: dict[str, str]) -> tuple[UploadQuerySet, str]:
    """Return the uploads that pass, and a sentence on a filter that could not be read."""
    complaint = ""
    if filters["state"] in UploadState.values:
        uploads = uploads.filter(state=filters["state"])
    if filters["sheet"] in registry:
        uploads = uploads.filter(sheet=filters["sheet"])
    if filters["q"]:
        uploads = uploads.filter(filename__icontains=filters["q"])
    if filters["branch"]:
        branch = Branch.objects.find_by_name(filters["branch"])
        complaint = "" if branch else f"没有名为“{filters['branch']}”的单位。"
        uploads = uploads.under(branch) if branch else uploads.none()
    if filters["period"]:
        try:
            uploads = uploads.for_period(Period.parse(filters["period"]))
        except UnknownPeriodError as error:
            complaint, uploads = str(error), uploads.none()
    _, order = SORT_ORDERS.get(filters["sort"], SORT_ORDERS[""])
    return uploads.order_by(*order), complaint


def _send_list(uploads: UploadQuerySet) -> HttpResponse:
    rows = [_list_row(upload) for upload in uploads[:MAX_LISTED]]
    content = export_rows.build_list_workbook("报送记录", LIST_HEADINGS, rows)
    return file_response(content, "报送记录.xlsx", sensitivity=Sensitivity.FIGURES, rows=len(rows))


def _list_row(upload: Upload) -> tuple[Any, ...]:
    return (
        upload.pk,
        upload.declared.title,
        str(upload.branch),
        upload.period.label,
        upload.filename,
        upload.rows,
        upload.errors,
        upload.warnings,
        upload.get_state_display(),
        str(upload.uploaded_by),
        timezone.localtime(upload.created_at).strftime("%Y-%m-%d %H:%M"),
    )


def _forget_heading(request: SignedInRequest) -> None:
    branch = get_object_or_404(Branch, pk=request.POST.get("branch") or 0)
    sheet, heading = request.POST.get("sheet", ""), request.POST.get("heading", "")
    try:
        services.forget_heading(branch, sheet, heading, user=request.user)
    except RefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"已忘记“{heading}”的对应关系。")
