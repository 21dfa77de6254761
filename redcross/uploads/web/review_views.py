"""The pages of a reviewer: the queue, and the decision on one upload."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.errors import RefusedError
from redcross.uploads import tasks
from redcross.uploads.models import Upload
from redcross.uploads.web.access import get_visible_upload
from redcross.uploads.web.forms import parse_cell_remarks
from redcross.uploads.web.review_queue import QueueFilter, count_by_prefecture
from redcross.uploads.workflow import services
from redcross.uploads.workflow.queries import count_by_sheet, review_queue


@login_required
@require_http_methods(["GET", "POST"])
def review_uploads(request: SignedInRequest) -> HttpResponse:
    """Show the queue, oldest first; approve the chosen routine uploads together."""
    uploads = review_queue(request.user)
    queue_filter = QueueFilter.from_query(request.GET)
    queue = queue_filter.apply(uploads)
    if request.method == "POST":
        _approve_chosen(request, queue)
        return redirect(queue_filter.address)
    context = {
        "queue": queue,
        "routine_count": sum(upload.is_routine for upload in queue),
        "total": len(uploads),
        "sheets": count_by_sheet(uploads),
        "places": count_by_prefecture(uploads),
        "filter": queue_filter,
    }
    return render(request, "uploads/review.html", context)


@login_required
@require_POST
def decide_upload(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or return one upload of the queue, and open the next."""
    upload = get_visible_upload(request, pk)
    queue_filter = QueueFilter.from_parameter(request.POST.get("queue", ""))
    queue = [one.pk for one in queue_filter.apply(review_queue(request.user))]
    try:
        message = _approve(request, upload) if verb == "approve" else _return(request, upload)
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("upload", pk=pk)
    messages.success(request, f"{upload}：{message}")
    return redirect(queue_filter.address_after(upload.pk, queue))


def _approve_chosen(request: SignedInRequest, queue: list[Upload]) -> None:
    chosen = set(request.POST.getlist("pk"))
    if not chosen:
        messages.error(request, "没有选中任何一份。")
        return
    routine = [one for one in queue if str(one.pk) in chosen and one.is_routine]
    count = sum(_approve_routine(request, upload) for upload in routine)
    messages.success(request, f"已通过 {count} 份，正在生效。")


def _approve_routine(request: SignedInRequest, upload: Upload) -> bool:
    """Approve one of several uploads; return whether it was approved."""
    try:
        with transaction.atomic():
            approved = services.approve(upload.pk, user=request.user, now=timezone.now())
            tasks.enqueue_apply(approved)
    except RefusedError as error:
        messages.error(request, f"批次{upload.pk}：{error}")
        return False
    return True


def _approve(request: SignedInRequest, upload: Upload) -> str:
    remark = request.POST.get("remark", "")
    approved = services.approve(upload.pk, user=request.user, now=timezone.now(), remark=remark)
    tasks.enqueue_apply(approved)
    return "已初审，等待终审。" if approved.awaits_review else "已通过，正在生效。"


def _return(request: SignedInRequest, upload: Upload) -> str:
    services.return_upload(
        upload.pk,
        user=request.user,
        now=timezone.now(),
        remark=request.POST.get("remark", ""),
        cells=parse_cell_remarks(
            request.POST.getlist("worksheet"),
            request.POST.getlist("cell"),
            request.POST.getlist("said"),
        ),
    )
    return "已退回填报单位。"
