"""What every page's frame needs."""

from typing import Any

from django.conf import settings

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.portal.help import topic_of
from redcross.portal.navigation import menu


def shell(request: SignedInRequest) -> dict[str, Any]:
    """Return the notice of the demonstration and whose page it is."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "demo_notice": settings.DEMO_NOTICE if settings.DEMO else "",
        "menu": menu(request) if signed_in else "",
        "help_page": topic_of(request.path),
        "home_branch": home_branch(user) if user and signed_in else None,
    }
