"""A declared export as an answer: at once where it is short, from a worker where it is long."""

from collections.abc import Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone

from redcross.accounts.models import SafetySettings
from redcross.accounts.requests import SignedInRequest
from redcross.exports.declaration import get_export_maker
from redcross.exports.second_factor import has_fresh_second_factor, redirect_to_second_factor
from redcross.exports.services import request_export
from redcross.files import Sensitivity, file_response


def deliver_export(
    request: SignedInRequest,
    key: str,
    name: str,
    asked: Mapping[str, str],
    *,
    rows: int,
    branch_code: str = "",
    personal: bool = False,
) -> HttpResponse:
    """Answer with the export, or lead to 我的导出 where a worker makes it.

    `rows` is how many it will hold; `personal`, whether it has personal columns.
    """
    if rows <= SafetySettings.current().export_rows_at_once:
        made = get_export_maker(key)(request.user, asked)
        holds = Sensitivity.PEOPLE if personal else Sensitivity.FIGURES
        return file_response(
            made.content, name, holds=holds, rows=made.rows, branch_code=branch_code
        )
    if personal and not has_fresh_second_factor(request, branch_code):
        return redirect_to_second_factor(request)
    request_export(
        request.user, key, name,
        asked=asked, personal=personal, branch_code=branch_code, now=timezone.now(),
    )  # fmt: skip
    messages.success(request, f"共{rows}行，正在后台生成；完成后在这里下载。")
    return redirect("exports")
