"""Errors of PostgreSQL while rows are written: which to retry, and what to tell people."""

import re
from collections.abc import Callable
from typing import TypeVar

from django.apps import apps
from django.db import DatabaseError, OperationalError

from redcross.locks.triggers import LOCKED_SQLSTATE

R = TypeVar("R")

_DEADLOCK = "40P01"
_CONNECTION_LOST_CODES = frozenset({"", "08000", "08003", "08006", "57P01", "57P02", "57P03"})
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def retry_on_deadlock(function: Callable[[], R]) -> R:
    """Call a function, once more where another writer locked the same rows the other way round."""
    try:
        return function()
    except DatabaseError as error:
        if sqlstate(error) != _DEADLOCK:
            raise
    return function()


def sqlstate(error: DatabaseError) -> str:
    """Return PostgreSQL's code of an error, "" where it has none."""
    return str(getattr(error.__cause__, "pgcode", None) or "")


def is_connection_lost(error: DatabaseError) -> bool:
    """Tell whether the server went away, rather than rejected a statement."""
    return sqlstate(error) in _CONNECTION_LOST_CODES and isinstance(error, OperationalError)


def describe_error(error: DatabaseError) -> tuple[str, str]:
    """Return the code and the message for people."""
    diagnostics = getattr(error.__cause__, "diag", None)
    detail = str(getattr(diagnostics, "message_primary", "") or "")
    constraint = getattr(diagnostics, "constraint_name", None)
    if sqlstate(error) == LOCKED_SQLSTATE:
        return "period.locked", f"{detail}已锁定，请向省红十字会申请解锁。"
    if constraint:
        # A trigger of ours has a Chinese message itself; a constraint has it in its declaration.
        rule = detail if _CHINESE.search(detail) else violated_rule(constraint)
        return "load.constraint", f"{rule.rstrip('。')}。整批未写入，请改正后重报。"
    return "load.failed", "写入时出错，整批未写入，请稍后重试或与管理员联系。"


def violated_rule(name: str) -> str:
    """Return the message that the declaration of a constraint has for people."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            message = constraint.violation_error_message
            has_message = message != constraint.default_violation_error_message
            if constraint.name == name and has_message:
                return str(message)
    return f"数据不符合数据库约束（{name}）。"
