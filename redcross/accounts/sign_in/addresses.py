"""Where a request comes from."""

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """Return the visitor's address: behind our proxy what it says last, else the socket's.

    The proxy appends the address it saw; what stands before it was said by the visitor.
    """
    if settings.SECURE:
        header = request.META.get("HTTP_X_FORWARDED_FOR", "")
        last = header.rpartition(",")[2].strip()
        if last:
            return last
    return str(request.META.get("REMOTE_ADDR", ""))
