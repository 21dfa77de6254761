"""manage.py sheets: what can be handed in."""

import json
from typing import Any

from django.core.management.base import BaseCommand

from redcross.uploads.registry import registry


class Command(BaseCommand):
    """List the sheets."""

    help = "列出全部报表及其栏目。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", choices=["json", "text"], default="text")

    def handle(self, **options: Any) -> None:
        if options["format"] == "text":
            for sheet in registry.values():
                self.stdout.write(f"{sheet.key}\t{sheet.title}\t{sheet.description}")
            return
        answer = []
        for sheet in registry.values():
            spec = sheet.specification()
            answer.append(
                {
                    "key": spec.key,
                    "title": spec.title,
                    "kind": spec.kind.value.lower(),
                    "columns": [
                        {
                            "field": field.name,
                            "heading": field.label,
                            "aliases": list(field.aliases),
                            "required": field.required,
                            "unit": field.unit.label,
                        }
                        for field in spec.fields
                    ],
                    "identity": list(spec.identity),
                }
            )
        self.stdout.write(json.dumps(answer, ensure_ascii=False))
