"""The buttons of an upload's page: each calls one service and says how it went."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from redcross.accounts.requests import SignedInRequest
from redcross.errors import RefusedError
from redcross.uploads import tasks
from redcross.uploads.models import Upload
from redcross.uploads.web.access import get_visible_upload
from redcross.uploads.workflow import services, table_values


@login_required
@require_POST
def perform_action(request: SignedInRequest, pk: int, verb: str) -> HttpResponse:
    """Carry out one action on an upload."""
    upload = get_visible_upload(request, pk)
    try:
        message = _ACTIONS[verb](request, upload)
    except RefusedError as error:
        messages.error(request, str(error))
        transaction.set_rollback(False)
    else:
        messages.success(request, message)
    return redirect("upload", pk=pk)


def _submit(request: SignedInRequest, upload: Upload) -> str:
    note = request.POST.get("note", upload.note)
    services.submit(upload.pk, user=request.user, now=timezone.now(), note=note)
    return "已提交，等待上级审核。"


def _withdraw(request: SignedInRequest, upload: Upload) -> str:
    services.withdraw(upload.pk, user=request.user, now=timezone.now())
    return "已撤回。"


def _request_revert(request: SignedInRequest, upload: Upload) -> str:
    tasks.request_revert(upload, request.user)
    return "已开始作废本批。"


def _request_restore(request: SignedInRequest, upload: Upload) -> str:
    tasks.request_restore(upload, request.user)
    return "已开始恢复本批。"


def _recheck(request: SignedInRequest, upload: Upload) -> str:
    services.recheck(upload.pk, user=request.user, now=timezone.now())
    tasks.enqueue_check(upload, request.user.pk)
    return "已重新检查。"


def _set_options(request: SignedInRequest, upload: Upload) -> str:
    services.set_options(
        upload.pk,
        user=request.user,
        accept_good_rows="accept_good_rows" in request.POST,
        delete_missing="delete_missing" in request.POST,
    )
    return "已保存选择。"


def _map_heading(request: SignedInRequest, upload: Upload) -> str:
    services.remember_heading(
        upload,
        request.POST.get("heading", ""),
        request.POST.get("field", ""),
        user=request.user,
        now=timezone.now(),
    )
    return _recheck(request, upload)


def _set_table_value(request: SignedInRequest, upload: Upload) -> str:
    table_values.set_table_value(
        upload.pk,
        field=request.POST.get("field", ""),
        text=request.POST.get("text", "").strip(),
        user=request.user,
        now=timezone.now(),
    )
    tasks.enqueue_check(upload, request.user.pk)
    return "已重新检查。"


def _forget_heading(request: SignedInRequest, upload: Upload) -> str:
    heading = request.POST.get("heading", "")
    services.forget_heading(upload.branch, upload.sheet, heading, user=request.user)
    if upload.is_recheckable:
        _recheck(request, upload)
    return f"已忘记“{heading}”的对应关系。"


_ACTIONS = {
    "submit": _submit,
    "withdraw": _withdraw,
    "undo": _request_revert,
    "restore": _request_restore,
    "recheck": _recheck,
    "options": _set_options,
    "map": _map_heading,
    "fill": _set_table_value,
    "forget": _forget_heading,
}
