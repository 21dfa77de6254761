"""The queue of one who decides, and the printed sheet that goes with an upload."""

import datetime as dt
import re
import unicodedata
from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, urlencode

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.exports.services import ExportRefusedError
from redcross.files import Sensitivity, file_extension, file_response
from redcross.files.passwords import ENCRYPTABLE
from redcross.units import Unit
from redcross.uploads import rules, tasks
from redcross.uploads.choices import UploadOrigin, UploadState
from redcross.uploads.files import storage, workbook
from redcross.uploads.models import Upload
from redcross.uploads.output.annotated_workbook import annotate_workbook
from redcross.uploads.web.forms import ReasonForm
from redcross.uploads.web.views import get_visible_upload
from redcross.uploads.workflow import services
from redcross.uploads.workflow.queries import count_by_sheet, review_queue

ORIGINALS_SESSION_KEY = "originals"
ORIGINAL_ACCESS_TIME = dt.timedelta(minutes=30)
PREFECTURE_CODE = "5301"
"""As long as a prefecture's code; the units of the province are longer and have no parent below."""
ALL = "all"
_ADDRESS_SEPARATORS = re.compile(r"[\s,、;]+")
_CELL_ADDRESS = re.compile(r"[A-Z]{1,3}[1-9][0-9]{0,6}")


@login_required
@require_http_methods(["GET", "POST"])
def review_uploads(request: SignedInRequest) -> HttpResponse:
    """The queue, oldest first; what is in no doubt may be passed several at once."""
    whole = review_queue(request.user)
    sheet, place = request.GET.get("sheet", ""), request.GET.get("place", "")
    queue = _filter_queue(whole, sheet, place)
    if request.method == "POST":
        chosen = set(request.POST.getlist("pk"))
        passed = sum(
            _approve_routine(request, upload)
            for upload in queue
            if str(upload.pk) in chosen and is_routine(upload)
        )
        if passed or chosen:
            messages.success(request, f"已通过 {passed} 份，正在生效。")
        else:
            messages.error(request, "没有选中任何一份。")
        return redirect(f"{reverse('review')}?{_filter_query(sheet, place)}")
    context = {
        "queue": [(upload, is_routine(upload)) for upload in queue],
        "clear": sum(is_routine(upload) for upload in queue),
        "whole": len(whole),
        "sheets": count_by_sheet(whole),
        "places": _prefectures(whole),
        "sheet": sheet,
        "place": place,
        "filters": _filter_query(sheet, place),
    }
    return render(request, "uploads/review.html", context)


def _filter_queue(queue: list[Upload], sheet: str, place: str) -> list[Upload]:
    return [
        upload
        for upload in queue
        if sheet in ("", upload.sheet) and upload.branch.code.startswith(place)
    ]


def _filter_query(sheet: str, place: str) -> str:
    """Return the queue's filters as they stand in its address; all of them, or nothing."""
    return urlencode({"sheet": sheet, "place": place}) if sheet or place else ""


def _prefectures(queue: list[Upload]) -> list[tuple[Branch, int]]:
    """Return the prefectures whose uploads, or whose counties', wait in the queue."""
    found: dict[str, tuple[Branch, int]] = {}
    for upload in queue:
        branch = upload.branch
        if len(branch.code) > len(PREFECTURE_CODE) and branch.parent is not None:
            branch = branch.parent
        found[branch.code] = (branch, found.get(branch.code, (branch, 0))[1] + 1)
    return [found[code] for code in sorted(found)]


@login_required
@require_POST
def decide_upload(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Approve or return one of the queue, and open the next."""
    upload = get_visible_upload(request, pk)
    said = dict(parse_qsl(request.POST.get("queue", "")))
    sheet, place = said.get("sheet", ""), said.get("place", "")
    queue = [each.pk for each in _filter_queue(review_queue(request.user), sheet, place)]
    try:
        done = _approve(request, upload) if verb == "approve" else _return(request, upload)
    except RefusedError as error:
        messages.error(request, str(error))
        return redirect("upload", pk=pk)
    messages.success(request, f"{upload}：{done}")
    return redirect(_next_address(queue, upload.pk, _filter_query(sheet, place)))


def _next_address(queue: list[int], pk: int, filters: str) -> str:
    """Return the address of the one after `pk`, the first one left, or the empty queue."""
    at = queue.index(pk) if pk in queue else -1
    left = [*queue[at + 1 :], *queue[: max(at, 0)]]
    if not left:
        return f"{reverse('review')}?{filters}"
    return f"{reverse('upload', kwargs={'pk': left[0]})}?{urlencode({'queue': filters or ALL})}"


def _approve(request: SignedInRequest, upload: Upload) -> str:
    approved = services.approve(
        upload.pk,
        user=request.user,
        now=timezone.now(),
        then=tasks.enqueue_apply,
        remark=request.POST.get("remark", ""),
    )
    return "已初审，等待终审。" if approved.state == UploadState.REVIEWED else "已通过，正在生效。"


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


def parse_cell_remarks(
    worksheets: Sequence[str], cells: Sequence[str], said: Sequence[str]
) -> list[tuple[str, str, str]]:
    """Return (worksheet, cell, text) of each cell named; raise RefusedError.

    One line may name several cells: C12、C15 D3.
    """
    found = []
    for worksheet, addresses, text in zip(worksheets, cells, said, strict=False):
        for address in _ADDRESS_SEPARATORS.split(unicodedata.normalize("NFKC", addresses).upper()):
            if not address:
                continue
            if not _CELL_ADDRESS.fullmatch(address):
                raise RefusedError(
                    "cell.unknown", f"无法识别单元格“{address}”，请写列号加行号，如 C12。"
                )
            if not text.strip():
                raise RefusedError("remark.missing", f"请写明单元格{address}的意见。")
            found.append((worksheet[:100], address, text.strip()))
    return found


def is_routine(upload: Upload) -> bool:
    """Tell whether nothing was warned of, nothing goes and no correction by hand is lost."""
    changes = upload.changes
    return not (
        upload.errors
        or upload.warnings
        or changes.get("edited_by_hand")
        or (upload.delete_missing and changes.get("missing"))
    )


def _approve_routine(request: SignedInRequest, upload: Upload) -> bool:
    try:
        with transaction.atomic():
            services.approve(
                upload.pk, user=request.user, now=timezone.now(), then=tasks.enqueue_apply
            )
    except RefusedError as error:
        messages.error(request, f"批次{upload.pk}：{error}")
        return False
    return True


@login_required
@require_GET
def print_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """The 报送表 to be printed and stamped: figures, who filled and checked, the way back."""
    upload = get_visible_upload(request, pk)
    address = f"{settings.SITE_URL}{reverse('upload', kwargs={'pk': upload.pk})}"
    context = {
        "upload": upload,
        "sheet": upload.declared,
        "sums": _column_sums(upload),
        "address": address,
        "code": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
    }
    return render(request, "uploads/paper.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def open_original(request: SignedInRequest, pk: int) -> HttpResponse:
    """查看原件: a reason opens the workbook as it came for half an hour, and is written down."""
    upload = get_visible_upload(request, pk)
    if not rules.may_see_file(request.user, upload) or not upload.file:
        raise PermissionDenied
    opened = request.session.get(ORIGINALS_SESSION_KEY, {})
    until = opened.get(str(pk), 0)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.reason = form.cleaned_data["reason"]
        until = timezone.now().timestamp() + ORIGINAL_ACCESS_TIME.total_seconds()
        request.session[ORIGINALS_SESSION_KEY] = {**opened, str(pk): until}
    elif "file" in request.GET and timezone.now().timestamp() < until:
        return _send_original(upload)
    open_now = timezone.now().timestamp() < until
    context = {
        "upload": upload,
        "form": form,
        "open_now": open_now,
        "minutes": ORIGINAL_ACCESS_TIME.seconds // 60,
    }
    return render(request, "uploads/original.html", context)


def _send_original(upload: Upload) -> HttpResponse:
    """Answer with the workbook as it came; what no password can close is written as xlsx."""
    name = upload.filename or str(upload.pk)
    personal = any(field.personal for field in upload.declared.specification().fields)
    content = storage.load_file(upload.file)
    if personal and file_extension(name) not in ENCRYPTABLE and upload.origin == UploadOrigin.FILE:
        with storage.unsealed_file(upload.file, name) as path:
            try:
                content = annotate_workbook(
                    path, name, workbook.read_workbook(path, filename=name), []
                )
            except workbook.UnreadableError as error:
                raise ExportRefusedError(str(error)) from None
        name = f"{name}.xlsx"
    return file_response(
        content,
        name,
        sensitivity=Sensitivity.PERSONAL if personal else Sensitivity.FIGURES,
        rows=upload.rows,
        branch_code=upload.branch.code,
    )


def _column_sums(upload: Upload) -> list[tuple[str, str, Decimal]]:
    """Return each column of a unit that adds up, with its sum over all tables."""
    found: dict[str, Decimal] = {}
    for table in upload.tables:
        for name, value in table.get("sums", {}).items():
            found[name] = found.get(name, Decimal(0)) + Decimal(str(value))
    told: list[Any] = [
        (
            field.label.partition("（")[0],
            str(field.unit.label),
            found[field.name].quantize(Decimal(1).scaleb(-field.decimal_places)),
        )
        for field in upload.declared.specification().fields
        if field.name in found and field.unit is not Unit.NONE
    ]
    return told
