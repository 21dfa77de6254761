"""manage.py setup: an empty portal with branches, service accounts and an administrator."""

import secrets
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand

from redcross.accounts.scope import acting_as_system
from redcross.accounts.services import create_first_administrator, ensure_service_accounts
from redcross.branches.services import load_divisions


class Command(BaseCommand):
    """Apply migrations, load the tree of branches, create the first accounts."""

    help = "建立空的门户：数据库结构、机构、服务账户和第一位系统管理员。"

    def handle(self, **options: Any) -> None:
        Path(settings.MEDIA_ROOT).mkdir(parents=True, exist_ok=True, mode=0o700)
        call_command("migrate", database=settings.OWNER_DATABASE, verbosity=0)
        with acting_as_system("初始化"):
            branches = load_divisions()
            ensure_service_accounts()
            password = secrets.token_urlsafe(9)
            created = create_first_administrator(password=password)
        self.stdout.write(f"机构 {branches} 个已就绪。")
        if created:
            self.stdout.write(f"系统管理员 admin 的初始密码：{password}（首次登录须修改）")
