"""Template context of every page."""

from typing import Any

from django.conf import settings

from redcross.accounts.requests import SignedInRequest
from redcross.accounts.rules import home_branch
from redcross.portal.help import find_topic
from redcross.portal.navigation import render_menu


def page_frame(request: SignedInRequest) -> dict[str, Any]:
    """Return the menu, help topic, home branch, and the notice of the demonstration."""
    user = getattr(request, "user", None)
    signed_in = user is not None and user.is_authenticated
    return {
        "demo_notice": settings.DEMO_NOTICE if settings.DEMO else "",
        "menu": render_menu(request) if signed_in else "",
        "help_page": find_topic(request.path),
        "home_branch": home_branch(user) if user and signed_in else None,
    }
