"""Request ids and log lines, security headers, and refusal of malformed requests."""

import time
import uuid
from collections.abc import Callable, Iterable, Sequence

import structlog
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from redcross.logs import REQUEST

_log = structlog.get_logger("redcross.web")
MAX_ADDRESS_LENGTH = 4000
_UNLOGGED_PATHS = frozenset({"/health/", "/ready/"})

_PERMISSIONS_POLICY = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


class SecurityHeadersMiddleware:
    """Sets headers that disable browser features and caching of pages."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", _PERMISSIONS_POLICY)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if not request.path.startswith("/static/"):
            response.headers.setdefault("Cache-Control", "no-store")
        return response


class RequestLogMiddleware:
    """Gives each request an id and logs one line, with the route instead of the address.

    The id is passed on to Celery tasks and to PostgreSQL, and shown on error pages.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        number = uuid.uuid4().hex
        began = time.monotonic()
        request.number = number  # type: ignore[attr-defined]
        with structlog.contextvars.bound_contextvars(**{REQUEST: number}):
            response = self.get_response(request)
            response.headers["X-Request-ID"] = number
            if request.path not in _UNLOGGED_PATHS and not request.path.startswith("/static/"):
                self._log_request(request, response, began)
        return response

    def _log_request(self, request: HttpRequest, response: HttpResponse, began: float) -> None:
        match = request.resolver_match
        _log.info(
            "request",
            method=request.method if request.method in _METHODS else "?",
            path=match.route if match else "",
            page=match.view_name if match else "",
            status=response.status_code,
            ms=round((time.monotonic() - began) * 1000),
            user=getattr(getattr(request, "user", None), "pk", None),
        )


_API_METHODS = frozenset({"PUT", "PATCH", "DELETE"})
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_REFUSAL_MESSAGE = "地址或内容里有不能接受的部分：过长、含不可见字符，或方法不对。"


class PlainRequestMiddleware:
    """Refuses requests that no page sends: other methods, NUL bytes, overlong addresses.

    PostgreSQL accepts no NUL in a text: some query would fail on it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        program = request.path.startswith("/api/")
        if request.method not in _METHODS or (request.method in _API_METHODS and not program):
            return _refuse(request, 405)
        if len(request.get_full_path()) > MAX_ADDRESS_LENGTH:
            return _refuse(request, 414)
        if "\0" in request.path or _has_nul(request.GET.lists()):
            return _refuse(request, 400)
        if request.method == "POST" and not program:
            try:
                if _has_nul(request.POST.lists()):
                    return _refuse(request, 400)
            except SuspiciousOperation:
                return _refuse(request, 400)
        return self.get_response(request)


def _has_nul(parameters: Iterable[tuple[str, Sequence[object]]]) -> bool:
    return any(
        "\0" in name or any("\0" in str(value) for value in values) for name, values in parameters
    )


def _refuse(request: HttpRequest, status: int) -> HttpResponse:
    is_api = request.path.startswith("/api/")
    if is_api:
        response: HttpResponse = JsonResponse(
            {"code": "request.invalid", "message": _REFUSAL_MESSAGE}, status=status
        )
    else:
        response = render(request, "400.html", {"status": status}, status=status)
    if status == 405:
        response.headers["Allow"] = ", ".join(
            sorted(_METHODS if is_api else _METHODS - _API_METHODS)
        )
    return response
