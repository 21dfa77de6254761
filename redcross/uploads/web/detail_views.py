"""The page of one upload, and its live parts."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from redcross.accounts.requests import SignedInRequest
from redcross.uploads import rules
from redcross.uploads.web.access import get_visible_upload
from redcross.uploads.web.detail_context import detail_context, load_preview_rows, preview_table
from redcross.uploads.workflow import progress

PAGE_SIZE = 20


@login_required
@require_GET
def show_upload(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show one upload: what was read, found and would change; who did what; what may be done."""
    upload = get_visible_upload(request, pk)
    context = detail_context(request.user, upload)
    return render(request, "uploads/detail.html", context)


@login_required
@require_GET
def show_doubtful_rows(request: SignedInRequest, pk: int) -> HttpResponse:
    """List every row with findings, as written and as read."""
    upload = get_visible_upload(request, pk)
    shows_rows = rules.may_see_rows(request.user, upload)
    rows = [row for row in load_preview_rows(upload) if row["in_doubt"]] if shows_rows else []
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    table = preview_table(upload, list(page.object_list))
    context = {"upload": upload, "page": page, "preview": table}
    return render(request, "uploads/doubtful_rows.html", context)


@login_required
@require_GET
def poll_state(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the live part of an upload's page; when the work ends the page reloads."""
    upload = get_visible_upload(request, pk)
    if not upload.is_at_work:
        return HttpResponse(headers={"HX-Refresh": "true"})
    context = {"upload": upload, "progress": progress.current_progress(pk)}
    return render(request, "uploads/_progress.html", context)
