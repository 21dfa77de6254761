"""One request, one transaction, one scope."""

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from redcross.accounts.scope import acting_for

UNSCOPED = frozenset({"/health/", "/ready/", "/metrics"})


class ScopeMiddleware:
    """Open the signed-in user's scope around the whole request.

    An answer of 500 and above rolls everything back, as an exception does. Work that
    must outlive a refused request (sign-in failures) is written by libraries that open
    their own connection use after the response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in UNSCOPED:
            return self.get_response(request)
        with acting_for(request.user):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class PasswordChangeMiddleware:
    """Send a person whose password was set by someone else to change it first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        from django.shortcuts import redirect
        from django.urls import reverse

        allowed = {reverse("password_change"), reverse("logout")}
        if (
            request.user.is_authenticated
            and request.user.must_change_password
            and request.path not in allowed
        ):
            return redirect("password_change")
        return self.get_response(request)
