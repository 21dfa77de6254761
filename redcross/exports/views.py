"""我的导出: files made for me, until their time is over."""

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
def exports(request: SignedInRequest) -> HttpResponse:
    """List what I exported, the newest first."""
    mine = Export.objects.of(request.user).order_by("-created_at", "-pk")
    page = Paginator(mine, PAGE_SIZE).get_page(request.GET.get("page"))
    waiting = any(each.state == ExportState.WAITING for each in page.object_list)
    return render(request, "exports/exports.html", {"page": page, "waiting": waiting})


@login_required
@require_GET
@never_cache
def export(request: SignedInRequest, pk: int) -> HttpResponse:
    """One file: what it holds, until when, and the password it will open with."""
    found = get_object_or_404(Export.objects.of(request.user), pk=pk)
    context = {
        "export": found,
        "ready": found.state == ExportState.READY and found.expires_at > timezone.now(),
        "password": generate_password() if found.personal else "",
    }
    return render(request, "exports/export.html", context)


@login_required
@require_POST
@never_cache
@sensitive_post_parameters("password")
def export_file(request: SignedInRequest, pk: int) -> HttpResponse:
    """Give the file to its maker."""
    found = get_object_or_404(Export.objects.of(request.user), pk=pk)
    request.seen_branch = found.branch_code
    if found.personal and not has_fresh_second_factor(request, found.branch_code):
        return redirect_to_second_factor(request)
    try:
        content = fetch_export(found, password=request.POST.get("password", ""), now=timezone.now())
    except ExportRefusedError as error:
        messages.error(request, str(error))
        return redirect("export", pk=pk)
    holds = Sensitivity.PEOPLE if found.personal else Sensitivity.FIGURES
    return file_response(content, found.name, holds=holds, rows=found.rows, released=True)
