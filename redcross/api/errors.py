"""Error responses of the API: always {"code", "message"}."""

from typing import Any

from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from redcross.errors import RefusedError

STATUS_CODES = {
    status.HTTP_400_BAD_REQUEST: "request.invalid",
    status.HTTP_401_UNAUTHORIZED: "token.missing",
    status.HTTP_403_FORBIDDEN: "right.missing",
    status.HTTP_404_NOT_FOUND: "not_found",
    status.HTTP_405_METHOD_NOT_ALLOWED: "method.not_allowed",
    status.HTTP_406_NOT_ACCEPTABLE: "format.not_available",
    status.HTTP_413_REQUEST_ENTITY_TOO_LARGE: "file.too_large",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "format.not_accepted",
    status.HTTP_429_TOO_MANY_REQUESTS: "too_many_requests",
}
STATUS_MESSAGES = {
    status.HTTP_401_UNAUTHORIZED: "请在 Authorization 头里给出有效的令牌：Bearer rc_…。",
    status.HTTP_403_FORBIDDEN: "您的角色或令牌没有这项权限。",
    status.HTTP_404_NOT_FOUND: "没有这条内容，或不在您的权限内。",
    status.HTTP_405_METHOD_NOT_ALLOWED: "这个地址不接受这种请求方法。",
    status.HTTP_406_NOT_ACCEPTABLE: "只能以 JSON 或文件回答。",
    status.HTTP_415_UNSUPPORTED_MEDIA_TYPE: "请求体的格式不对；报送用 multipart/form-data。",
    status.HTTP_429_TOO_MANY_REQUESTS: "请求过于频繁，请稍后再试。",
}


def handle_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """Return the response to an exception, None if it is none of the API's."""
    if isinstance(error, RefusedError):
        return _error_response(error.code, error.message, status.HTTP_409_CONFLICT)
    answer = exception_handler(error, context)
    if answer is None:
        return None
    message = STATUS_MESSAGES.get(answer.status_code)
    if isinstance(error, exceptions.ValidationError | exceptions.ParseError):
        message = "；".join(_flatten_messages(answer.data))
    code = STATUS_CODES.get(answer.status_code, "refused")
    response = _error_response(
        code, message or str(getattr(error, "detail", "")), answer.status_code
    )
    for name in ("WWW-Authenticate", "Retry-After", "Allow"):
        if name in answer.headers:
            response[name] = answer.headers[name]
    return response


def _error_response(code: str, message: str, number: int) -> Response:
    return Response({"code": code, "message": message}, status=number)


def _flatten_messages(data: Any, name: str = "") -> list[str]:
    if isinstance(data, dict):
        return [text for key, value in data.items() for text in _flatten_messages(value, str(key))]
    if isinstance(data, list):
        return [text for value in data for text in _flatten_messages(value, name)]
    plain = name in ("", "detail", "non_field_errors")
    return [str(data) if plain else f"{name}：{data}"]
