"""manage.py rotate_keys: re-encrypt after a new key was put in front of FIELD_KEYS."""

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from redcross.accounts.encryption import UnreadableSecretError, current_key_id
from redcross.accounts.scope import acting_as_system
from redcross.ops.rotation import count_old_secrets, rotate_secrets


class Command(BaseCommand):
    """Re-encrypt every secret with the current key; exit 1 if any is left."""

    help = "用当前密钥（FIELD_KEYS 的第一个）重新加密全部个人信息和文件；可随时中断，再运行即继续。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只数还有多少用的是旧密钥")

    def handle(self, **options: Any) -> None:
        try:
            if not options["check"]:
                with acting_as_system("更换密钥"):
                    rotate_secrets(lambda name, count: self.stdout.write(f"{name}：{count}"))
            left = count_old_secrets()
        except UnreadableSecretError as error:
            self.stderr.write(str(error))
            sys.exit(1)
        if left:
            self.stderr.write(f"还有 {left} 处用的是旧密钥。")
            sys.exit(1)
        self.stdout.write(
            f"全部已用密钥 {current_key_id()}。旧密钥可以移出，除非它是索引所用的编号 0。"
        )
