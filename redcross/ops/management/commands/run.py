"""manage.py run: web, Celery worker and beat in one terminal; Ctrl-C ends all three."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from redcross.accounts.canary import exit_on_wrong_keys


class Command(BaseCommand):
    """Run the three processes until one of them ends."""

    help = "启动网站、后台任务和定时任务；按 Ctrl-C 结束。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=urlsplit(settings.SITE_URL).port or 8000)

    def handle(self, **options: Any) -> None:
        check_port_free(options["host"], options["port"])
        connection.ensure_connection()
        exit_on_wrong_keys()
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        with tempfile.TemporaryDirectory(prefix="metrics-") as folder:
            environment = {
                **os.environ,
                "DJANGO_SETTINGS_MODULE": "redcross.settings",
                "PROMETHEUS_MULTIPROC_DIR": folder,
            }
            processes = [
                subprocess.Popen(command, env=environment, cwd=settings.BASE_DIR)  # noqa: S603  our own programs
                for command in process_commands(options["host"], options["port"])
            ]
            self.stdout.write(f"门户已启动：{settings.SITE_URL}（按 Ctrl-C 结束）")
            try:
                processes[0].wait()
            except KeyboardInterrupt:
                pass
            finally:
                for process in processes:
                    process.terminate()
                for process in processes:
                    process.wait()


def process_commands(host: str, port: int) -> list[list[str]]:
    """Return the commands of the three processes, the web first."""
    celery = [sys.executable, "-m", "celery", "-A", "redcross.celery"]
    return [
        [
            *(sys.executable, "-m", "granian", "--interface", "wsgi"),
            *("--host", host, "--port", str(port)),
            # Each thread holds a connection; the database accepts a hundred.
            *("--workers", "2", "--blocking-threads", "16", "redcross.wsgi:application"),
        ],
        [*celery, "worker", "--loglevel", "WARNING", "--concurrency", "2"],
        [*celery, "beat", "--loglevel", "WARNING"],
    ]


def check_port_free(host: str, port: int) -> None:
    """Raise CommandError if the port is in use."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as trying:
        trying.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trying.bind((host, port))
        except OSError as error:
            message = (
                f"端口 {port} 无法使用（{error.strerror}），可能已有程序在用。"
                f"请先停止它，或换一个端口：SITE_URL=http://localhost:{port + 1} make run"
            )
            raise CommandError(message) from error
