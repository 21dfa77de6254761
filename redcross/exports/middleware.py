"""Every file passes here on its way out, whichever page sends it."""

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
"""Pages on which a person takes his own recovery codes along."""


class UnguardedFileError(Exception):
    """A page sent a file past the door: it must answer with `redcross.files.file_response`."""


class FileExportMiddleware:
    """Mark what leaves, and lay aside what needs a password first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, AttachmentResponse):
            return response if response.released else _guard_file(request, response)
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        said = response.headers.get("Content-Disposition", "")
        if said.startswith("attachment") and not name.startswith(_RECOVERY_CODE_VIEWS):
            raise UnguardedFileError(name)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Tell why a file cannot leave, where a page found out while making it."""
        if not isinstance(error, services.ExportRefusedError):
            return None
        messages.error(request, str(error))
        return redirect("exports")


def _guard_file(request: HttpRequest, answer: AttachmentResponse) -> HttpResponse:
    user = request.user
    if answer.holds in (Sensitivity.NOTHING, Sensitivity.ISSUED) or not isinstance(user, User):
        return answer
    now = timezone.now()
    content = services.apply_mark(answer.made, answer.name, services.export_mark(user, now))
    if answer.holds is Sensitivity.FIGURES:
        answer.content = content
        return answer
    if getattr(request, "api_token", None):
        told = {"code": "export.refused", "message": "含个人信息的文件只能在页面上下载。"}
        return JsonResponse(told, status=409, json_dumps_params={"ensure_ascii": False})
    if not has_fresh_second_factor(request, answer.branch_code):
        return redirect_to_second_factor(request)
    if answer.holds is Sensitivity.GIVEN_BACK:
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
