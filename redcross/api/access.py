"""Authentication by token, and the scope that a view requires."""

from typing import Any

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from redcross.api.choices import TokenScope
from redcross.api.models import ApiToken


class TokenAuthentication(BaseAuthentication):
    """Authenticates the token that the middleware read; a wrong token fails despite a session."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        http = request._request
        if not hasattr(http, "api_token"):
            return None
        if http.api_token is None:
            raise exceptions.AuthenticationFailed("令牌无效或已过期。")
        return http.api_token.user, http.api_token

    def authenticate_header(self, request: Request) -> str:
        return "Bearer"


class InScope(BasePermission):
    """Requires of a token the scope in `scopes` of the view for the method, else `READ`."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not request.user.is_authenticated:
            return False
        wanted = getattr(view, "scopes", {}).get(request.method, TokenScope.READ)
        token: ApiToken | None = request.auth  # type: ignore[assignment]
        return token is None or wanted in token.scopes
