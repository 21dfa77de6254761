"""The queue of one who decides, and the printed sheet that goes with an upload."""

import datetime as dt
from decimal import Decimal
from typing import Any

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
from django.views.decorators.http import require_GET, require_http_methods

from redcross.accounts.requests import SignedInRequest
from redcross.exports.services import ExportRefusedError
from redcross.files import Holds, ending, sent
from redcross.files.passwords import LOCKABLE
from redcross.units import Unit
from redcross.uploads import rules, services, storage, tasks, workbook
from redcross.uploads.annotating import annotated
from redcross.uploads.choices import Origin
from redcross.uploads.forms import ReasonForm
from redcross.uploads.models import Upload
from redcross.uploads.selecting import queue_of
from redcross.uploads.services import RefusedError
from redcross.uploads.views import upload_of

ORIGINALS = "originals"
OPEN_FOR = dt.timedelta(minutes=30)


@login_required
@require_http_methods(["GET", "POST"])
def review(request: SignedInRequest) -> HttpResponse:
    """The queue, oldest first; what is in no doubt may be passed several at once."""
    queue = queue_of(request.user)
    if request.method == "POST":
        chosen = set(request.POST.getlist("pk"))
        passed = sum(
            _passed(request, upload)
            for upload in queue
            if str(upload.pk) in chosen and in_no_doubt(upload)
        )
        messages.success(request, f"已通过 {passed} 份，正在生效。")
        return redirect("review")
    context = {"queue": [(upload, in_no_doubt(upload)) for upload in queue]}
    return render(request, "uploads/review.html", context)


def in_no_doubt(upload: Upload) -> bool:
    """Tell whether nothing was warned of, nothing goes and no correction by hand is lost."""
    changes = upload.changes
    return not (
        upload.errors
        or upload.warnings
        or changes.get("edited_by_hand")
        or (upload.delete_missing and changes.get("missing"))
    )


def _passed(request: SignedInRequest, upload: Upload) -> bool:
    try:
        with transaction.atomic():
            services.approve(
                upload.pk, user=request.user, now=timezone.now(), then=tasks.load_later
            )
    except RefusedError as error:
        messages.error(request, f"批次{upload.pk}：{error}")
        return False
    return True


@login_required
@require_GET
def paper(request: SignedInRequest, pk: int) -> HttpResponse:
    """The 报送表 to be printed and stamped: figures, who filled and checked, the way back."""
    upload = upload_of(request, pk)
    address = f"{settings.SITE_URL}{reverse('upload', kwargs={'pk': upload.pk})}"
    context = {
        "upload": upload,
        "sheet": upload.declared,
        "sums": _sums(upload),
        "address": address,
        "code": segno.make(address, error="m").svg_data_uri(scale=4, border=2),
    }
    return render(request, "uploads/paper.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def original(request: SignedInRequest, pk: int) -> HttpResponse:
    """查看原件: a reason opens the workbook as it came for half an hour, and is written down."""
    upload = upload_of(request, pk)
    if not rules.may_see_file(request.user, upload) or not upload.file:
        raise PermissionDenied
    opened = request.session.get(ORIGINALS, {})
    until = opened.get(str(pk), 0)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.reason = form.cleaned_data["reason"]
        until = timezone.now().timestamp() + OPEN_FOR.total_seconds()
        request.session[ORIGINALS] = {**opened, str(pk): until}
    elif "file" in request.GET and timezone.now().timestamp() < until:
        return _original(upload)
    open_now = timezone.now().timestamp() < until
    context = {
        "upload": upload,
        "form": form,
        "open_now": open_now,
        "minutes": OPEN_FOR.seconds // 60,
    }
    return render(request, "uploads/original.html", context)


def _original(upload: Upload) -> HttpResponse:
    """Answer with the workbook as it came; what no password can close is written as xlsx."""
    name = upload.filename or str(upload.pk)
    personal = any(field.personal for field in upload.declared.specification().fields)
    content = storage.get(upload.file)
    if personal and ending(name) not in LOCKABLE and upload.origin == Origin.FILE:
        with storage.opened(upload.file, name) as path:
            try:
                content = annotated(path, name, workbook.read(path, filename=name), [])
            except workbook.UnreadableError as error:
                raise ExportRefusedError(str(error)) from None
        name = f"{name}.xlsx"
    return sent(
        content,
        name,
        holds=Holds.PEOPLE if personal else Holds.FIGURES,
        rows=upload.rows,
        branch_code=upload.branch.code,
    )


def _sums(upload: Upload) -> list[tuple[str, str, Decimal]]:
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
