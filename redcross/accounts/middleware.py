"""Scope, session life, second factor and password change, applied to every request."""

from collections.abc import Callable

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import SECOND_FACTOR_ROLES
from redcross.accounts.scope import acting_for
from redcross.accounts.sign_in.addresses import client_address

SESSION_BEGAN, SESSION_SEEN, SESSION_ADDRESS, SESSION_AGENT = "began", "seen", "address", "agent"
_SEEN_INTERVAL = 60
_SETUP_PATHS = ("/second-factor/", "/reauthenticate/", "/logout/", "/password/", "/static/")
UNSCOPED_PATHS = frozenset({"/health/", "/ready/", "/metrics"})


class ScopeMiddleware:
    """Runs the whole request in one transaction with the scope of its user.

    A response of 500 and above rolls everything back, as an exception does. What must
    survive a refused request (sign-in failures) is written by libraries after the response.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path in UNSCOPED_PATHS:
            return self.get_response(request)
        with acting_for(request.user):
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        return response


class SessionLifeMiddleware:
    """Ends a session that was idle too long or has lasted a working day."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated and hasattr(request, "session"):
            if not request.user.current_roles() and not getattr(request, "api_token", None):
                logout(request)
                messages.error(request, "您的账户目前没有任何角色，请找上一级或系统管理员。")
                return redirect_to_login(reverse("home"))
            now = timezone.now().timestamp()
            began = request.session.setdefault(SESSION_BEGAN, now)
            seen = request.session.get(SESSION_SEEN, now)
            if now - seen > settings.SESSION_IDLE_AGE or now - began > settings.SESSION_COOKIE_AGE:
                logout(request)
                messages.info(request, "登录已过期，请重新登录。")
                return redirect_to_login(request.get_full_path())
            if now - seen > _SEEN_INTERVAL or SESSION_SEEN not in request.session:
                request.session[SESSION_SEEN] = now
                request.session[SESSION_ADDRESS] = client_address(request)
                request.session[SESSION_AGENT] = request.META.get("HTTP_USER_AGENT", "")[:200]
        return self.get_response(request)


class SecondFactorMiddleware:
    """Redirects users whose role requires a second factor to its set-up."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if (
            settings.SECOND_FACTOR
            and user.is_authenticated
            and not request.path.startswith(_SETUP_PATHS)
            and any(role.role in SECOND_FACTOR_ROLES for role in user.current_roles())
            and not is_mfa_enabled(user)
        ):
            messages.info(request, "您的角色须使用第二道验证，请先绑定验证器。")
            return redirect("mfa_activate_totp")
        return self.get_response(request)


class PasswordChangeMiddleware:
    """Redirects users whose password was set by somebody else to the change of password."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        allowed = {reverse("password_change"), reverse("logout")}
        if (
            request.user.is_authenticated
            and request.user.must_change_password
            and request.path not in allowed
        ):
            return redirect("password_change")
        return self.get_response(request)
