"""The portal's addresses and an empty page for people who are signed in."""

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.urls import path

from redcross.urls import urlpatterns as portal


@login_required
def empty(_request: HttpRequest) -> HttpResponse:
    """Answer nothing, through every middleware."""
    return HttpResponse("")


urlpatterns = [path("bench-empty/", empty), *portal]
