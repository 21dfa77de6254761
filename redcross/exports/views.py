"""我的导出: the files made for the user, until they expire."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.exports.choices import ExportState
from redcross.exports.models import Export
from redcross.exports.second_factor import has_fresh_second_factor, redirect_to_second_factor
from redcross.exports.services import ExportRefusedError, fetch_export
from redcross.files import Sensitivity, file_response
from redcross.files.passwords import generate_password

PAGE_SIZE = 20


@login_required
@require_GET
def export_list(request: SignedInRequest) -> HttpResponse:
    """List the user's exports, the newest first."""
    rows = Export.objects.of(request.user).order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = any(export.is_waiting for export in page.object_list)
    return render(request, "exports/exports.html", {"page": page, "waiting": waiting})


@login_required
@require_GET
@never_cache
def export_detail(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one export: its content, expiry, and a generated password."""
    export = get_object_or_404(Export.objects.of(request.user), pk=pk)
    context = {
        "export": export,
        "ready": export.state == ExportState.READY and export.expires_at > timezone.now(),
        "password": generate_password() if export.personal else "",
    }
    return render(request, "exports/export.html", context)


@login_required
@require_POST
@never_cache
@sensitive_post_parameters("password")
def export_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Send the file to its user."""
    export = get_object_or_404(Export.objects.of(request.user), pk=pk)
    request.seen_branch = export.branch_code
    if export.personal and not has_fresh_second_factor(request, export.branch_code):
        return redirect_to_second_factor(request)
    try:
        content = fetch_export(
            export, password=request.POST.get("password", ""), now=timezone.now()
        )
    except ExportRefusedError as error:
        messages.error(request, str(error))
        return redirect("export", pk=pk)
    sensitivity = Sensitivity.PERSONAL if export.personal else Sensitivity.FIGURES
    return file_response(
        content, export.name, sensitivity=sensitivity, rows=export.rows, released=True
    )
