"""manage.py run: web, Celery worker and beat in one terminal; Ctrl-C ends all three."""

import os
import signal
import subprocess
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand
from django.db import connection


class Command(BaseCommand):
    """Serve what is there."""

    help = "启动网站、后台任务和定时任务；按 Ctrl-C 结束。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)

    def handle(self, **options: Any) -> None:
        connection.ensure_connection()
        celery = [sys.executable, "-m", "celery", "-A", "redcross.celery"]
        commands = [
            [
                *(sys.executable, "-m", "granian", "--interface", "wsgi"),
                *("--host", options["host"], "--port", str(options["port"])),
                *("--workers", "2", "redcross.wsgi:application"),
            ],
            [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"],
            [*celery, "beat", "--loglevel", "WARNING"],
        ]
        environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "redcross.settings"}
        processes = [
            subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)  # noqa: S603  our own programs
            for command in commands
        ]
        self.stdout.write(f"门户已启动：{settings.SITE_URL}（按 Ctrl-C 结束）")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            processes[0].wait()
        except KeyboardInterrupt:
            pass
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.wait()
