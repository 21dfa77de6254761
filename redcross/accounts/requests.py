"""The type of requests behind `login_required`."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from redcross.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request with a signed-in user."""

    user: User
    seen_branch: str
    """The code of the branch whose data the page shows, for the access log."""
    reason: str
    """Why an original is opened, for the access log."""
    htmx: HtmxDetails
