"""A process that is killed at a named step: `python -m tests.uploads.support.killed_worker`.

It reads orders, one JSON line each, and answers each with the exit code of the child that
executed it: -9 where the step was reached. Django is loaded once; every order has a child.
"""

import json
import os
import re
import signal
import sys

import django
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.utils import timezone


def _kill_self():
    os.kill(os.getpid(), signal.SIGKILL)


def _at_step(name):
    """Kill the process when the given step begins."""
    write = cache.set

    def watched(key, value, *rest):
        write(key, value, *rest)
        if isinstance(value, dict) and value.get("step") == name:
            _kill_self()

    cache.set = watched


def _at_statement(pattern, *, after):
    """Die before or after the first statement like this one."""

    def watched(execute, sql, params, many, context):
        matches = re.match(pattern, sql)
        if matches and not after:
            _kill_self()
        done = execute(sql, params, many, context)
        if matches:
            _kill_self()
        return done

    connection.execute_wrappers.append(watched)


def execute_order(order):
    from redcross.accounts.models import User
    from redcross.uploads.workflow import apply, check, revert

    connection.settings_dict["NAME"] = order["database"]
    settings.MEDIA_ROOT = order["media"]
    if order.get("step"):
        _at_step(order["step"])
    if order.get("statement"):
        _at_statement(order["statement"], after=order.get("after", False))
    now = timezone.now()
    user = User.objects.filter(pk=order.get("user")).first()
    match order["verb"]:
        case "check":
            check.check_upload(order["upload"], user=user, now=now)
        case "load":
            apply.apply_upload(order["upload"], now=now)
        case "undo":
            revert.revert_upload(order["upload"], user=user, now=now)
        case "restore":
            revert.restore_upload(order["upload"], user=user, now=now)


def main():
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    django.setup()
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.stdin.close()
            execute_order(json.loads(line))
            os._exit(0)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
