"""The base class of every Celery task: it runs in the scope of the user in its header."""

import time
from typing import Any

import structlog
from celery import Task

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system, acting_for
from redcross.logs import REQUEST, is_request_id, request_id

USER_HEADER = "user_id"
REQUEST_HEADER = "redcross_request"
_log = structlog.get_logger("redcross.tasks")


class UnscopedTaskError(Exception):
    """A task has no user and is not one that acts for the system."""

    def __str__(self) -> str:
        return "任务缺少操作人，已拒绝执行。"


class ScopedTask(Task):  # type: ignore[type-arg]
    """Runs in the scope of the header `user_id`; without it only if `system` is set.

    `opens_own_scope` is for tasks whose service opens durable transactions itself; they
    take the user as an argument.
    """

    abstract = True
    system = False
    opens_own_scope = False

    def apply_async(self, *args: Any, **options: Any) -> Any:
        """Send the task with the id of the current request."""
        headers = options.pop("headers", None) or {}
        all_headers = {REQUEST_HEADER: request_id(), **headers}
        return super().apply_async(*args, headers=all_headers, **options)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        header = str((self.request.headers or {}).get(REQUEST_HEADER, ""))
        number = header if is_request_id(header) else (self.request.id or "").replace("-", "")
        began, ended = time.monotonic(), "failed"
        with structlog.contextvars.bound_contextvars(**{REQUEST: number}):
            try:
                result = self._scoped(*args, **kwargs)
                ended = "done"
            finally:
                ms = round((time.monotonic() - began) * 1000)
                _log.info("task", task=self.name, ended=ended, ms=ms)
        return result

    def _scoped(self, *args: Any, **kwargs: Any) -> Any:
        if self.opens_own_scope:
            return self.run(*args, **kwargs)
        user_id = (self.request.headers or {}).get(USER_HEADER)
        if user_id is not None:
            with acting_for(User.objects.get(pk=user_id)):
                return self.run(*args, **kwargs)
        if not self.system:
            raise UnscopedTaskError
        with acting_as_system(str(self.name)):
            return self.run(*args, **kwargs)
