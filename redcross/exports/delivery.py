"""The response to a request for an export: the file itself, or a job for a worker."""

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
from redcross.exports.tasks import make_later
from redcross.files import Sensitivity, file_response


def deliver_export(
    request: SignedInRequest,
    key: str,
    name: str,
    parameters: Mapping[str, str],
    *,
    rows: int,
    branch_code: str = "",
    personal: bool = False,
) -> HttpResponse:
    """Send a short export at once; queue a long one and redirect to 我的导出.

    `rows` is the expected number of rows, `personal` whether any column is personal.
    """
    if rows <= SafetySettings.current().export_rows_at_once:
        file = get_export_maker(key)(request.user, parameters)
        sensitivity = Sensitivity.PERSONAL if personal else Sensitivity.FIGURES
        return file_response(
            file.content, name, sensitivity=sensitivity, rows=file.rows, branch_code=branch_code
        )
    if personal and not has_fresh_second_factor(request, branch_code):
        return redirect_to_second_factor(request)
    export = request_export(
        request.user, key, name,
        parameters=parameters, personal=personal, branch_code=branch_code, now=timezone.now(),
    )  # fmt: skip
    make_later(export)
    messages.success(request, f"共{rows}行，正在后台生成；完成后在这里下载。")
    return redirect("exports")
