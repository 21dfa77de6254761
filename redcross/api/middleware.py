"""Makes the user of an API token the user of the request, before the scope opens."""

from collections.abc import Callable

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from redcross.api.models import ApiToken, token_digest

API_ROOT = "/api/"
BEARER_PREFIX = "bearer "


class TokenMiddleware:
    """Reads `Authorization: Bearer …` under /api/; a wrong token makes the request anonymous."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        header = request.headers.get("Authorization", "")
        if (
            request.path.startswith(API_ROOT)
            and header[: len(BEARER_PREFIX)].lower() == BEARER_PREFIX
        ):
            token = _find_token(header[len(BEARER_PREFIX) :].strip())
            request.api_token = token  # type: ignore[attr-defined]
            request.user = token.user if token else AnonymousUser()
        return self.get_response(request)


def _find_token(secret: str) -> ApiToken | None:
    today = timezone.localdate()
    tokens = ApiToken.objects.on(today).select_related("user").filter(digest=token_digest(secret))
    token = tokens.first()
    if token is not None and token.last_used_on != today:
        ApiToken.objects.filter(pk=token.pk).update(last_used_on=today)
    return token
