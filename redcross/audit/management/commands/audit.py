"""manage.py audit --verify: check that the access log is unchanged."""

import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from redcross.audit.models import AccessEntry
from redcross.audit.services import verify_chain


class Command(BaseCommand):
    """Verify the chain of digests; exit 1 if it is broken."""

    help = "核对访问日志的指纹链：任何改动、删除都会被发现。"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--verify", action="store_true", help="核对整条指纹链")
        parser.add_argument("--expect", default="", help="另存的某条指纹，须仍在链上")

    def handle(self, **options: Any) -> None:
        verification = verify_chain(using=settings.OWNER_DATABASE)
        if verification.broken:
            shown = "、".join(map(str, verification.broken[:20]))
            self.stderr.write(f"访问日志被改动：第 {shown} 条与前文不符。")
            sys.exit(1)
        if options["expect"] and not _contains_digest(options["expect"]):
            self.stderr.write("访问日志缺少另存的那条指纹：末尾被删去，或整份被替换。")
            sys.exit(1)
        self.stdout.write(
            f"访问日志共 {verification.entries} 条，前后一致。最后一条指纹 {verification.last}"
        )


def _contains_digest(digest: str) -> bool:
    try:
        wanted = bytes.fromhex(digest)
    except ValueError:
        return False
    return AccessEntry.objects.using(settings.OWNER_DATABASE).filter(digest=wanted).exists()
