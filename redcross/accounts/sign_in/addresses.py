"""The network address of a visitor."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the visitor's address: behind the proxy the last it forwards, else the socket's.

    The proxy appends the address it saw; the visitor can forge what comes before it.
    """
    if settings.SECURE:
        header = request.META.get("HTTP_X_FORWARDED_FOR", "")
        last = header.rpartition(",")[2].strip()
        if last:
            return last
    return str(request.META.get("REMOTE_ADDR", ""))
