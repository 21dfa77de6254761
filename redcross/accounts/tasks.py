"""The base of every Celery task: it acts for the user in its header."""

from typing import Any

from celery import Task

from redcross.accounts.models import User
from redcross.accounts.scope import acting_as_system, acting_for

USER_HEADER = "user_id"


class UnscopedTaskError(Exception):
    """A task came without a user, and is not one that acts for the system."""

    def __str__(self) -> str:
        return "任务缺少操作人，已拒绝执行。"


class ScopedTask(Task):  # type: ignore[type-arg]
    """Run in the scope of `user_id`; without one only where `system` is set.

    `opens_own_scope` is for tasks whose service opens durable transactions itself;
    they get the user as an argument.
    """

    abstract = True
    system = False
    opens_own_scope = False

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
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
