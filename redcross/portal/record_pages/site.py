"""The admin site of the record pages."""

from typing import Any

from csp.constants import UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from unfold.sites import UnfoldAdminSite


class RecordSite(UnfoldAdminSite):
    """The record pages, inside the frame of the portal."""

    site_header = site_title = "红十字会业务门户"
    index_title = "业务记录"

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """Allow the scripts of Unfold to evaluate expressions and to set inline styles."""
        more = csp_update({"script-src": [UNSAFE_EVAL], "style-src": [UNSAFE_INLINE]})
        return more(super().admin_view(view, cacheable))

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Redirect to the portal's sign-in, so that no other form bypasses the second factor."""
        if request.user.is_authenticated:
            raise PermissionDenied
        wanted = request.GET.get("next", "")
        here = url_has_allowed_host_and_scheme(wanted, {request.get_host()})
        return redirect_to_login(wanted if here else reverse("admin:index"))


site = RecordSite(name="admin")
admin.site = site
