"""manage.py undo: take an effective upload back."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from redcross.accounts.models import User
from redcross.errors import RefusedError
from redcross.uploads.management.commands.upload import COMMAND_REVIEWER, EXIT_REFUSED
from redcross.uploads.models import Upload
from redcross.uploads.workflow import revert


class Command(BaseCommand):
    """Undo one upload."""

    help = "作废一个已生效的批次。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("upload", type=int)
        parser.add_argument("--user", default=COMMAND_REVIEWER)

    def handle(self, **options: Any) -> None:
        try:
            user = User.objects.filter(username=options["user"]).first()
            if user is None:
                raise RefusedError(  # noqa: TRY301  answered in one place below
                    "user.unknown", f"没有名为“{options['user']}”的用户。"
                )
            undone = revert.revert_upload(options["upload"], user=user, now=timezone.now())
        except RefusedError as error:
            self._answer({"state": "refused", "code": error.code, "message": error.message})
            sys.exit(EXIT_REFUSED)
        except Upload.DoesNotExist:
            message = f"没有批次 {options['upload']}，或不在您的范围内。"
            self._answer({"state": "refused", "code": "upload.unknown", "message": message})
            sys.exit(EXIT_REFUSED)
        self._answer(
            {
                "state": "undone",
                "restored": undone.restored,
                "deleted": undone.deleted,
                "kept": [{"pk": row.pk, "reason": row.reason} for row in undone.kept_rows],
            }
        )

    def _answer(self, answer: dict[str, Any]) -> None:
        whole = {"restored": 0, "deleted": 0, "kept": [], **answer}
        self.stdout.write(json.dumps(whole, ensure_ascii=False))
