"""Uploads without a workbook: typed rows (在线填报) and 零报告."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import enterable_branches
from redcross.errors import RefusedError
from redcross.uploads import rules, tasks
from redcross.uploads.choices import UploadOrigin
from redcross.uploads.models import Upload
from redcross.uploads.registry import registry
from redcross.uploads.schema.sheet import Sheet
from redcross.uploads.web.access import require_entering_role
from redcross.uploads.web.forms import UploadForm, default_sheet, initial_values
from redcross.uploads.workflow import creation

_TYPED_ROWS = 10


@login_required
@require_http_methods(["GET", "POST"])
def type_rows(request: SignedInRequest) -> HttpResponse:
    """Show an empty table to type rows into, and make an upload of them."""
    if request.method == "POST":
        require_entering_role(request)
    form = UploadForm(
        request.POST or None,
        branches=enterable_branches(request.user),
        initial=initial_values(request),
    )
    sheet = _chosen_sheet(request)
    if request.method == "POST" and form.is_valid():
        upload = _create_typed_upload(request, form, sheet)
        if upload is not None:
            return redirect("upload", pk=upload.pk)
    context = {
        "form": form,
        "fields": sheet.specification().fields,
        "numbers": range(_TYPED_ROWS),
        "sheet": sheet,
        "has_entering_role": rules.has_entering_role(request.user),
    }
    return render(request, "uploads/typed.html", context)


@login_required
@require_POST
def report_zero(request: SignedInRequest) -> HttpResponse:
    """Make an upload that reports that there was nothing."""
    require_entering_role(request)
    form = UploadForm(request.POST, branches=enterable_branches(request.user))
    if not form.is_valid():
        messages.error(request, "请选择报表、填报单位和报告期。")
        return redirect("upload-new")
    try:
        upload = creation.create_upload(
            request.user,
            **form.cleaned_data,
            content=b"",
            filename="零报告",
            origin=UploadOrigin.ZERO,
            now=timezone.now(),
        )
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("upload-new")
    tasks.enqueue_check(upload, request.user.pk)
    return redirect("upload", pk=upload.pk)


def _chosen_sheet(request: SignedInRequest) -> Sheet:
    key = request.POST.get("sheet") or request.GET.get("sheet") or ""
    return registry[key] if key in registry else default_sheet()


def _create_typed_upload(request: SignedInRequest, form: UploadForm, sheet: Sheet) -> Upload | None:
    """Create the upload and enqueue its check; None where it was refused."""
    rows = _typed_rows(request, [field.name for field in sheet.specification().fields])
    try:
        upload = creation.create_typed_upload(
            request.user, **form.cleaned_data, rows=rows, now=timezone.now()
        )
    except RefusedError as error:
        messages.error(request, str(error))
        return None
    tasks.enqueue_check(upload, request.user.pk)
    return upload


def _typed_rows(request: SignedInRequest, names: list[str]) -> list[dict[str, str]]:
    """Return field → text of each typed row that is not empty."""
    columns = {name: request.POST.getlist(f"cell-{name}") for name in names}
    height = max((len(texts) for texts in columns.values()), default=0)
    rows = [
        {name: texts[index] if index < len(texts) else "" for name, texts in columns.items()}
        for index in range(height)
    ]
    return [row for row in rows if any(text.strip() for text in row.values())]
