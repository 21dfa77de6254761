"""The request of a signed-in person, as pages behind `login_required` get it."""

from django.http import HttpRequest
from django_htmx.middleware import HtmxDetails

from redcross.accounts.models import User


class SignedInRequest(HttpRequest):
    """A request whose user is one of ours."""

    user: User
    seen_branch: str
    """The code of the branch whose data the page shows, for the access log."""
    reason: str
    """Why an original is opened, for the access log."""
    htmx: HtmxDetails
