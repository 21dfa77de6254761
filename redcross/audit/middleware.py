"""Writes every request of a signed-in user into the access log, except pages of figures."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from redcross.accounts.sign_in.addresses import client_address
from redcross.audit.choices import Act
from redcross.audit.services import write_entry

# Pages of figures, help and navigation: they show nobody's data.
UNLOGGED_VIEWS = frozenset({
    "home", "board", "figure", "screen", "help", "search", "code", "blanks", "blank",
    "upload-state", "health", "ready", "notices", "notices-read", "notice-open", "login",
    "account_login", "admin:jsi18n", "certificate-check", "api-schema", "api-page",
    "exports",
})  # fmt: skip
REFUSED_STATUSES = (401, 403)


class AccessLogMiddleware:
    """Writes an entry once the response is known."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        typed = request.POST.get("username", "") if request.method == "POST" else ""
        response = self.get_response(request)
        user = getattr(request, "user", None)
        name = request.resolver_match.view_name if request.resolver_match else ""
        if name in ("login", "account_login") and request.method == "POST":
            self._signed_in(request, response, typed)
        elif user is not None and user.is_authenticated and name and name not in UNLOGGED_VIEWS:
            write_entry(
                user,
                _classify_request(request, response),
                request.path,
                address=client_address(request),
                branch_code=getattr(response, "branch_code", "")
                or getattr(request, "seen_branch", "")
                or request.GET.get("branch", ""),
                reason=getattr(request, "reason", ""),
                status=response.status_code,
                file=getattr(response, "name", ""),
                rows=getattr(response, "rows", None),
            )
        return response

    def _signed_in(self, request: HttpRequest, response: HttpResponse, typed: str) -> None:
        entered = response.status_code == 302
        write_entry(
            request.user if entered and request.user.is_authenticated else None,
            Act.SIGN_IN if entered else Act.REFUSED,
            request.path,
            username=typed,
            address=client_address(request),
            status=response.status_code,
        )


def _classify_request(request: HttpRequest, response: HttpResponse) -> Act:
    if response.status_code in REFUSED_STATUSES:
        return Act.REFUSED
    if getattr(request, "reason", ""):
        return Act.ORIGINAL
    if response.get("Content-Disposition", "").startswith("attachment"):
        return Act.EXPORT
    return Act.VIEW if request.method in ("GET", "HEAD", "OPTIONS") else Act.CHANGE
