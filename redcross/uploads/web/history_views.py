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
from redcross.accounts.rules import READING, holds, home_branch
from redcross.branches.models import Branch
from redcross.files import Holds, sent
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.choices import State
from redcross.uploads.models import UploadQuerySet
from redcross.uploads.output import export_rows
from redcross.uploads.registry import registry
from redcross.uploads.web.forms import ReasonForm, usual_answers
from redcross.uploads.web.views import require_entering
from redcross.uploads.workflow import services
from redcross.uploads.workflow.queries import entering_branch, memories_of, visible_uploads
from redcross.uploads.workflow.services import RefusedError

PAGE = 20
MOST_LISTED = 5000
FILTERS = ("q", "sheet", "state", "branch", "period", "sort")
SORTS = {
    "": ("新的在前", ("-pk",)),
    "old": ("旧的在前", ("pk",)),
    "period": ("按报告期", ("-last_month", "-first_month", "-pk")),
    "branch": ("按单位", ("branch__position", "branch__code", "-pk")),
    "rows": ("行数多的在前", ("-rows", "-pk")),
}
LISTED = (
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
def history(request: SignedInRequest) -> HttpResponse:
    """List the uploads one may see, by what the address asks for; or give that list out."""
    asked = {name: request.GET.get(name, "").strip() for name in FILTERS}
    uploads, complaint = _filtered(visible_uploads(request.user), asked)
    if "export" in request.GET:
        return _list_of(uploads)
    page = Paginator(uploads, PAGE).get_page(request.GET.get("page"))
    kept = QueryDict(mutable=True)
    kept.update({name: value for name, value in asked.items() if value})
    context = {
        "page": page,
        "wanted": asked,
        "kept": f"{kept.urlencode()}&" if kept else "",
        "complaint": complaint,
        "states": State.choices,
        "sheets": registry.values(),
        "sorts": [(key, label) for key, (label, _) in SORTS.items()],
    }
    return render(request, "uploads/history.html", context)


def _filtered(uploads: UploadQuerySet, asked: dict[str, str]) -> tuple[UploadQuerySet, str]:
    complaint = ""
    if asked["state"] in State.values:
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
    return uploads.order_by(*SORTS.get(asked["sort"], SORTS[""])[1]), complaint


def _list_of(uploads: UploadQuerySet) -> HttpResponse:
    rows = [
        (
            each.pk, each.declared.title, str(each.branch), each.period.label, each.filename,
            each.rows, each.errors, each.warnings, each.get_state_display(),
            str(each.uploaded_by), timezone.localtime(each.created_at).strftime("%Y-%m-%d %H:%M"),
        )
        for each in uploads[:MOST_LISTED]
    ]  # fmt: skip
    content = export_rows.listed("报送记录", LISTED, rows)
    return sent(content, "报送记录.xlsx", holds=Holds.FIGURES, rows=len(rows))


@login_required
@require_http_methods(["GET", "POST"])
def memories(request: SignedInRequest) -> HttpResponse:
    """Show how one's branch had its own headings mapped; one of them may be forgotten."""
    branch = entering_branch(request.user)
    if request.method == "POST":
        require_entering(request)
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
    context = {"branch": branch, "memories": memories_of(branch) if branch else []}
    return render(request, "uploads/memories.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def export(request: SignedInRequest, key: str) -> HttpResponse:
    """Give out what is effective, in the sheet's form or in the branch's own."""
    if key not in registry:
        raise Http404
    if not holds(request.user, READING):
        raise PermissionDenied
    sheet = registry[key]
    said: dict[str, Any] = dict(request.POST.items() if request.POST else request.GET.items())
    branch = Branch.objects.named(said.get("branch", "")) or home_branch(request.user)
    if branch is None or not holds(request.user, READING, branch):
        raise Http404
    personal = export_rows.has_personal(sheet) and export_rows.sees_personal(
        request.user, sheet, branch
    )
    reason = ReasonForm(request.POST or None)
    if request.method == "POST" and (not personal or reason.is_valid()):
        request.reason = reason.cleaned_data["reason"] if personal else ""
        request.seen_branch = branch.code
        try:
            form = export_rows.ExportForm(said.get("form", "blank"))
            period = Period.parse(said.get("period", ""))
            content = export_rows.exported(
                request.user, sheet=sheet, branch=branch, period=period, form=form
            )
        except (RefusedError, UnknownPeriodError, ValueError) as error:
            messages.error(request, str(error))
        else:
            return sent(
                content,
                f"{branch}{sheet.title}（{period.label}）.xlsx",
                holds=Holds.PEOPLE if personal else Holds.FIGURES,
                branch_code=branch.code,
            )
    context = {
        "sheet": sheet,
        "branch": branch,
        "period": said.get("period") or usual_answers(request)["period"],
        "form": said.get("form", "blank"),
        "personal": personal,
        "reason": reason,
    }
    return render(request, "uploads/export.html", context)
