"""Rate limits of pages by user or address, counted over all processes."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from rest_framework.throttling import AnonRateThrottle, SimpleRateThrottle

from redcross.accounts.sign_in.addresses import client_address

ADDRESS_LIMITS = {
    ("login", "POST"): "sign-in",
    ("account_login", "POST"): "sign-in",
    ("mfa_authenticate", "POST"): "sign-in",
    ("certificate-check", "GET"): "certificate-check",
}
USER_LIMITS = {("search", "GET"): "search"}


class _VisitorThrottle(SimpleRateThrottle):
    """One rate of `DEFAULT_THROTTLE_RATES` for one visitor."""

    def __init__(self, scope: str, visitor: str) -> None:
        self.scope, self.visitor = scope, visitor
        super().__init__()

    def get_cache_key(self, request: object, view: object) -> str:
        return f"rate:{self.scope}:{self.visitor}"


class AddressThrottle(AnonRateThrottle):
    """The API's rate for anonymous requests, by the address that the proxy saw."""

    def get_ident(self, request: object) -> str:
        """Return the visitor's address; addresses he states himself do not count."""
        return client_address(getattr(request, "_request", request))  # type: ignore[arg-type]


class RateLimitMiddleware:
    """Answers 429 with the seconds to wait when a page is requested too often."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: object, args: object, kwargs: object
    ) -> HttpResponse | None:
        """Count the request before the view runs."""
        match = request.resolver_match
        method = "GET" if request.method == "HEAD" else str(request.method)
        page = (match.view_name if match else "", method)
        if scope := ADDRESS_LIMITS.get(page):
            rate = _VisitorThrottle(scope, client_address(request))
        elif (scope := USER_LIMITS.get(page)) and request.user.is_authenticated:
            rate = _VisitorThrottle(scope, f"user-{request.user.pk}")
        else:
            return None
        if rate.allow_request(request, None):  # type: ignore[arg-type]
            return None
        return too_many_requests(request, rate.wait())


def too_many_requests(request: HttpRequest, wait: float | None) -> HttpResponse:
    """Return a 429 response with the time to wait."""
    seconds = max(int(wait or 1), 1)
    answer = render(request, "429.html", {"minutes": -(-seconds // 60)}, status=429)
    answer.headers["Retry-After"] = str(seconds)
    return answer
