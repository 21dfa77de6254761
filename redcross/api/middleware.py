"""A program's token makes its person the request's user, before the scope opens."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from redcross.api.models import ApiToken, token_digest

API_ROOT = "/api/"
BEARER_PREFIX = "bearer "


class TokenMiddleware:
    """Read `Authorization: Bearer …` under /api/; a wrong one makes nobody of a session."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        said = request.headers.get("Authorization", "")
        if (
            request.path.startswith(API_ROOT)
            and said[: len(BEARER_PREFIX)].lower() == BEARER_PREFIX
        ):
            token = _find_token(said[len(BEARER_PREFIX) :].strip())
            request.api_token = token  # type: ignore[attr-defined]
            request.user = token.user if token else AnonymousUser()
        return self.get_response(request)


def _find_token(secret: str) -> ApiToken | None:
    today = timezone.localdate()
    found = ApiToken.objects.on(today).select_related("user").filter(digest=token_digest(secret))
    token = found.first()
    if token is not None and token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token
