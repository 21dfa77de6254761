"""manage.py restore: restore a backup."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from redcross.embedded import EmbeddedServerError
from redcross.ops.backups import BackupError, restore_backup


class Command(BaseCommand):
    """Restore into an empty portal, or over existing data with --replace; exit 1 on failure."""

    help = "从备份文件恢复整个门户。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="备份文件")
        parser.add_argument("--replace", action="store_true", help="覆盖已有数据")

    def handle(self, **options: Any) -> None:
        try:
            made = restore_backup(options["file"], replace=options["replace"])
        except (BackupError, EmbeddedServerError, OSError) as error:
            self.stderr.write(str(error))
            sys.exit(1)
        self.stdout.write(
            f"已恢复 {made.made_at} 的备份：报送 {made.uploads} 份，文件 {made.files} 个。"
            "请运行 manage.py indicators --verify 核对。"
        )
