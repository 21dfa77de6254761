"""manage.py template: the blank workbook of a sheet."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.uploads.output.blank_workbook import build_blank_workbook
from redcross.uploads.registry import registry


class Command(BaseCommand):
    """Write a template."""

    help = "生成一张报表的空表。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("sheet")
        parser.add_argument("-o", "--output", type=Path, required=True)

    def handle(self, **options: Any) -> None:
        if options["sheet"] not in registry:
            listed = "、".join(registry)
            self.stderr.write(f"没有名为“{options['sheet']}”的报表。可用：{listed}。")
            sys.exit(3)
        units = Branch.objects.exclude(level=Level.UNIT).in_official_order()
        names = list(units.values_list("short_name", flat=True))
        spec = registry[options["sheet"]].specification()
        options["output"].write_bytes(build_blank_workbook(spec, branch_names=names))
        self.stdout.write(f"已生成 {options['output']}")
