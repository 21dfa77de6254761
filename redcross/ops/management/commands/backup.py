"""manage.py backup: the whole portal in one file."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from redcross.accounts.scope import acting_as_system
from redcross.embedded import EmbeddedServerError
from redcross.ops.backups import BackupError, create_backup


class Command(BaseCommand):
    """Write a backup; exit 1 on failure."""

    help = "把整个门户（数据库与文件）备份成一个文件。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-o", "--output", required=True, type=Path, help="备份文件")

    def handle(self, **options: Any) -> None:
        try:
            with acting_as_system("备份"):
                made = create_backup(options["output"], now=timezone.now())
        except (BackupError, EmbeddedServerError, OSError) as error:
            self.stderr.write(str(error))
            sys.exit(1)
        size = made.size / 1024 / 1024
        self.stdout.write(
            f"已备份到 {options['output']}：报送 {made.uploads} 份，"
            f"文件 {made.files} 个，{size:.1f} MB。"
        )
