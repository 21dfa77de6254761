"""The step up: personal files of the whole province ask for a fresh second factor."""

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
"""For so many seconds after the code was typed."""
_METHODS = "account_authentication_methods"


def has_fresh_second_factor(request: HttpRequest, branch_code: str) -> bool:
    """Tell whether a personal file of this branch may leave now."""
    if not settings.SECOND_FACTOR or branch_code != PROVINCE_CODE:
        return True
    since = timezone.now().timestamp() - FRESH_SECONDS
    done: list[dict[str, Any]] = request.session.get(_METHODS, [])
    return any(each.get("method") == "mfa" and each.get("at", 0) >= since for each in done)


def redirect_to_second_factor(request: HttpRequest) -> HttpResponse:
    """Lead to the code, and back to what was asked."""
    if not is_mfa_enabled(request.user):
        messages.error(request, "导出全省的个人信息须先绑定第二道验证；绑定后请重新导出。")
        return redirect("mfa_activate_totp")
    messages.error(request, "导出全省的个人信息前，请再输入一次验证码（15分钟内有效）。")
    back = request.get_full_path() if request.method == "GET" else reverse("exports")
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")
