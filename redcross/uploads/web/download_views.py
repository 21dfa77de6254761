"""Files of an upload: 批注本, 待改行, the original, and the printed form."""

import datetime as dt
from decimal import Decimal

import segno
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from redcross.accounts.requests import SignedInRequest
from redcross.exports.services import ExportRefusedError
from redcross.files import Sensitivity, file_extension, file_response
from redcross.files.passwords import ENCRYPTABLE
from redcross.units import Unit
from redcross.uploads import rules
from redcross.uploads.choices import UploadOrigin
from redcross.uploads.files import storage
from redcross.uploads.files.workbook import UnreadableError, read_workbook
from redcross.uploads.models import Upload
from redcross.uploads.output.annotated_workbook import annotate_workbook
from redcross.uploads.output.bad_rows import build_bad_rows
from redcross.uploads.preparing.import_setup import import_spec
from redcross.uploads.schema.findings import Finding, findings_from_json
from redcross.uploads.web.access import get_visible_upload
from redcross.uploads.web.forms import ReasonForm
from redcross.uploads.workflow.check import open_workbook

ORIGINALS_SESSION_KEY = "originals"
ORIGINAL_ACCESS_TIME = dt.timedelta(minutes=30)


@login_required
@require_GET
def download(request: SignedInRequest, pk: int, kind: str) -> HttpResponse:
    """Send 批注本 or 待改行."""
    upload = get_visible_upload(request, pk)
    if not upload.file or not rules.may_see_file(request.user, upload):
        messages.error(request, "没有可下载的文件，或您没有查看原件的权限。")
        return redirect("upload", pk=pk)
    try:
        content = _annotated(upload) if kind == "annotated" else _bad_rows(upload)
    except UnreadableError as error:
        messages.error(request, str(error))
        return redirect("upload", pk=pk)
    title = "批注本" if kind == "annotated" else "待改行"
    return _send_workbook(request, upload, content, f"{title}-{upload.filename}")


@login_required
@require_http_methods(["GET", "POST"])
def open_original(request: SignedInRequest, pk: int) -> HttpResponse:
    """查看原件: a logged reason opens the workbook as it came for half an hour."""
    upload = get_visible_upload(request, pk)
    if not rules.may_see_file(request.user, upload) or not upload.file:
        raise PermissionDenied
    now = timezone.now().timestamp()
    access = request.session.get(ORIGINALS_SESSION_KEY, {})
    until = access.get(str(pk), 0)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        request.reason = form.cleaned_data["reason"]
        until = now + ORIGINAL_ACCESS_TIME.total_seconds()
        request.session[ORIGINALS_SESSION_KEY] = {**access, str(pk): until}
    elif "file" in request.GET and now < until:
        return _send_original(upload)
    context = {
        "upload": upload,
        "form": form,
        "has_access": now < until,
        "minutes": ORIGINAL_ACCESS_TIME.seconds // 60,
    }
    return render(request, "uploads/original.html", context)


@login_required
@require_GET
def print_form(request: SignedInRequest, pk: int) -> HttpResponse:
    """Show the 报送表 to be printed and stamped: sums, who filled and checked, the address."""
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


def _annotated(upload: Upload) -> bytes:
    with storage.unsealed_file(upload.file, upload.filename) as path:
        book = storage.load_grids(upload.grids_file) or read_workbook(
            path, filename=upload.filename
        )
        return annotate_workbook(path, upload.filename, book, _findings(upload))


def _bad_rows(upload: Upload) -> bytes:
    sheet = upload.declared
    return build_bad_rows(
        open_workbook(upload),
        upload.tables,
        _findings(upload),
        import_spec(sheet),
        upload_id=upload.pk,
        has_row_ids=not sheet.exploded_identity,
    )


def _findings(upload: Upload) -> list[Finding]:
    if not upload.findings_file:
        return []
    return findings_from_json(storage.load_json(upload.findings_file))


def _send_workbook(
    request: SignedInRequest, upload: Upload, content: bytes, name: str
) -> HttpResponse:
    """Send a file made of an upload; its own uploader gets it without a password."""
    sensitivity = Sensitivity.FIGURES
    if _has_personal_fields(upload):
        is_own = rules.is_original_uploader(request.user, upload)
        sensitivity = Sensitivity.OWN_WORKBOOK if is_own else Sensitivity.PERSONAL
    return file_response(
        content,
        f"{name.rpartition('.')[0] or name}.xlsx",
        sensitivity=sensitivity,
        rows=upload.rows,
        branch_code=upload.branch.code,
    )


def _send_original(upload: Upload) -> HttpResponse:
    """Send the workbook as it came; where no password can protect it, written as an xlsx."""
    name = upload.filename or str(upload.pk)
    is_personal = _has_personal_fields(upload)
    is_file = upload.origin == UploadOrigin.FILE
    if is_personal and is_file and file_extension(name) not in ENCRYPTABLE:
        content, name = _rewrite_original(upload, name), f"{name}.xlsx"
    else:
        content = storage.load_file(upload.file)
    return file_response(
        content,
        name,
        sensitivity=Sensitivity.PERSONAL if is_personal else Sensitivity.FIGURES,
        rows=upload.rows,
        branch_code=upload.branch.code,
    )


def _rewrite_original(upload: Upload, name: str) -> bytes:
    with storage.unsealed_file(upload.file, name) as path:
        try:
            return annotate_workbook(path, name, read_workbook(path, filename=name), [])
        except UnreadableError as error:
            raise ExportRefusedError(str(error)) from None


def _has_personal_fields(upload: Upload) -> bool:
    return any(field.personal for field in upload.declared.specification().fields)


def _column_sums(upload: Upload) -> list[tuple[str, str, Decimal]]:
    """Return (label, unit, sum over all tables) of each column that has a unit."""
    sums: dict[str, Decimal] = {}
    for table in upload.tables:
        for name, value in table.get("sums", {}).items():
            sums[name] = sums.get(name, Decimal(0)) + Decimal(str(value))
    return [
        (
            field.label.partition("（")[0],
            str(field.unit.label),
            sums[field.name].quantize(Decimal(1).scaleb(-field.decimal_places)),
        )
        for field in upload.declared.specification().fields
        if field.name in sums and field.unit is not Unit.NONE
    ]
