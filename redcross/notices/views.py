"""The list of notices, and marking them as read."""

from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.notices.models import Notice
from redcross.notices.services import mark_read

PAGE_SIZE = 20


@login_required
@require_GET
def notices(request: SignedInRequest) -> HttpResponse:
    """List the user's notices, newest first, optionally only unread ones."""
    rows = Notice.objects.filter(user=request.user).select_related("sent_by")
    unread = request.GET.get("state") == "unread"
    search = request.GET.get("q", "").strip()
    if unread:
        rows = rows.unread()
    if search:
        rows = rows.filter(text__icontains=search)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "unread": unread, "search": search}
    return render(request, "notices/list.html", context)


@login_required
@require_POST
def open_notice(request: SignedInRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and redirect to its page."""
    notice = get_object_or_404(Notice, pk=pk, user=request.user)
    if notice.read_at is None:
        notice.read_at = timezone.now()
        notice.save(update_fields=["read_at"])
    here = url_has_allowed_host_and_scheme(notice.link, {request.get_host()})
    return redirect(notice.link if notice.link and here else "notices")


@login_required
@require_POST
def mark_all_read(request: SignedInRequest) -> HttpResponse:
    """Mark all notices as read."""
    mark_read(request.user, now=timezone.now())
    return redirect("notices")
