"""System checks of the database server."""

from collections.abc import Sequence
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections

_MIN_VERSION = 15


@register(Tags.database)
def database_is_new_enough(
    *, databases: Sequence[str] | None = None, **_: Any
) -> list[CheckMessage]:
    """Report a PostgreSQL version older than the oldest supported one."""
    messages: list[CheckMessage] = []
    for alias in databases or []:
        with connections[alias].cursor() as cursor:
            cursor.execute("SELECT current_setting('server_version_num')::int / 10000")
            (version,) = cursor.fetchone()
        if version < _MIN_VERSION:
            messages.append(
                Error(
                    f"数据库是 PostgreSQL {version}，需要 {_MIN_VERSION} 或更新的版本。",
                    hint="请升级数据库服务器后再运行。",
                    id="redcross.E001",
                )
            )
    return messages
