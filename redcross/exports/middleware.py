"""Every file passes here on its way out, whichever page sends it."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone

from redcross.accounts.models import User
from redcross.exports import services
from redcross.exports.stepping import has_fresh_second_factor, second_factor_first
from redcross.files import FileAnswer, Holds

_OWN_CODES = "mfa_"
"""Pages on which a person takes his own recovery codes along."""


class UnguardedFileError(Exception):
    """A page sent a file past the door: it must answer with `redcross.files.sent`."""


class LeavingMiddleware:
    """Mark what leaves, and lay aside what needs a password first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if isinstance(response, FileAnswer):
            return response if response.released else _leaving(request, response)
        match = request.resolver_match
        name = match.url_name or "" if match else ""
        said = response.headers.get("Content-Disposition", "")
        if said.startswith("attachment") and not name.startswith(_OWN_CODES):
            raise UnguardedFileError(name)
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Tell why a file cannot leave, where a page found out while making it."""
        if not isinstance(error, services.ExportRefusedError):
            return None
        messages.error(request, str(error))
        return redirect("exports")


def _leaving(request: HttpRequest, answer: FileAnswer) -> HttpResponse:
    user = request.user
    if answer.holds in (Holds.NOTHING, Holds.ISSUED) or not isinstance(user, User):
        return answer
    now = timezone.now()
    content = services.finished(answer.made, answer.name, services.mark_of(user, now))
    if answer.holds is Holds.FIGURES:
        answer.content = content
        return answer
    if getattr(request, "api_token", None):
        told = {"code": "export.refused", "message": "含个人信息的文件只能在页面上下载。"}
        return JsonResponse(told, status=409, json_dumps_params={"ensure_ascii": False})
    if not has_fresh_second_factor(request, answer.branch_code):
        return second_factor_first(request)
    if answer.holds is Holds.GIVEN_BACK:
        answer.content = content
        return answer
    try:
        export = services.keep(
            user, content, answer.name,
            rows=answer.rows, branch_code=answer.branch_code, now=now,
        )  # fmt: skip
    except services.ExportRefusedError as error:
        messages.error(request, str(error))
        return redirect("exports")
    return redirect("export", pk=export.pk)
