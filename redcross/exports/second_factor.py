"""Personal data of the whole province require a recently entered second factor."""

from typing import Any
from urllib.parse import urlencode

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from redcross.branches.models import PROVINCE_CODE

FRESH_SECONDS = 15 * 60
"""Seconds for which an entered code counts as recent."""
_METHODS = "account_authentication_methods"


def has_fresh_second_factor(request: HttpRequest, branch_code: str) -> bool:
    """Return whether a file with personal data of this branch may be sent now."""
    if not settings.SECOND_FACTOR or branch_code != PROVINCE_CODE:
        return True
    since = timezone.now().timestamp() - FRESH_SECONDS
    records: list[dict[str, Any]] = request.session.get(_METHODS, [])
    return any(record.get("method") == "mfa" and record.get("at", 0) >= since for record in records)


def redirect_to_second_factor(request: HttpRequest) -> HttpResponse:
    """Redirect to the entry of the code, and from there back to this page."""
    if not is_mfa_enabled(request.user):
        messages.error(request, "导出全省的个人信息须先绑定第二道验证；绑定后请重新导出。")
        return redirect("mfa_activate_totp")
    messages.error(request, "导出全省的个人信息前，请再输入一次验证码（15分钟内有效）。")
    back = request.get_full_path() if request.method == "GET" else reverse("exports")
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
