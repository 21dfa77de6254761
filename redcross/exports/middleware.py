"""Marks and protects every file that a page sends."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from redcross.accounts.models import User
from redcross.exports import services
from redcross.exports.second_factor import has_fresh_second_factor, redirect_to_second_factor
from redcross.files import AttachmentResponse, Sensitivity

_RECOVERY_CODE_VIEWS = "mfa_"
"""Prefix of the views on which a user downloads his own recovery codes."""


class UnguardedFileError(Exception):
    """A view sent a file without `redcross.files.file_response`."""


class FileExportMiddleware:
    """Mark files with who exported them; store those that need a password first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, AttachmentResponse):
            return response if response.released else _guard_file(request, response)
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        disposition = response.headers.get("Content-Disposition", "")
        if disposition.startswith("attachment") and not name.startswith(_RECOVERY_CODE_VIEWS):
            raise UnguardedFileError(name)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Show why an export was refused while the view was making it."""
        if not isinstance(error, services.ExportRefusedError):
            return None
        messages.error(request, str(error))
        return redirect("exports")


def _guard_file(request: HttpRequest, answer: AttachmentResponse) -> HttpResponse:
    user = request.user
    if answer.sensitivity in (Sensitivity.NO_DATA, Sensitivity.ISSUED_DOCUMENT) or not isinstance(
        user, User
    ):
        return answer
    now = timezone.now()
    content = services.apply_mark(answer.source, answer.name, services.export_mark(user, now))
    if answer.sensitivity is Sensitivity.FIGURES:
        answer.content = content
        return answer
    if getattr(request, "api_token", None):
        refusal = {"code": "export.refused", "message": "含个人信息的文件只能在页面上下载。"}
        return JsonResponse(refusal, status=409, json_dumps_params={"ensure_ascii": False})
    if not has_fresh_second_factor(request, answer.branch_code):
        return redirect_to_second_factor(request)
    if answer.sensitivity is Sensitivity.OWN_WORKBOOK:
        answer.content = content
        return answer
    try:
        export = services.store_export(
            user, content, answer.name,
            rows=answer.rows, branch_code=answer.branch_code, now=now,
        )  # fmt: skip
    except services.ExportRefusedError as error:
        messages.error(request, str(error))
        return redirect("exports")
    return redirect("export", pk=export.pk)
