"""A program's token makes its person the request's user, before the scope opens."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from redcross.api.models import ApiToken, digest_of

ROOT = "/api/"
BEARER = "bearer "


class TokenMiddleware:
    """Read `Authorization: Bearer …` under /api/; a wrong one makes nobody of a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.headers.get("Authorization", "")
        if request.path.startswith(ROOT) and said[: len(BEARER)].lower() == BEARER:
            token = _held(said[len(BEARER) :].strip())
            request.api_token = token  # type: ignore[attr-defined]
            request.user = token.user if token else AnonymousUser()
        return self.get_response(request)


def _held(secret: str) -> ApiToken | None:
    today = timezone.localdate()
    found = ApiToken.objects.on(today).select_related("user").filter(digest=digest_of(secret))
    token = found.first()
    if token is not None and token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token
