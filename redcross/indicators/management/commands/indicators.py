"""manage.py indicators: print figures, verify the rollup, rebuild it."""

import csv
import json
import sys
from typing import Any

from django.conf import settings

from redcross.accounts.scope import acting_as_system
from redcross.branches.choices import Level
from redcross.commands import StrictCommand
from redcross.indicators import rollup
from redcross.indicators.declare.declaration import registry
from redcross.indicators.disclosure.disclosure_control import FigureAudience
from redcross.indicators.query.resolve import answer_questions
from redcross.indicators.query.serialize import UnknownWordError, parse_questions, serialize_figure
from redcross.periods import UnknownPeriodError

DIFFERENT, REFUSED = 1, 3
FIELDS = (
    "indicator", "label", "period", "branch", "level", "month", "breakdown", "category",
    "category_key", "value", "unit", "qualifier", "from", "missing", "hidden",
)  # fmt: skip


class Command(StrictCommand):
    """Print, verify or rebuild figures."""

    help = "查询指标；--verify 逐格核对汇总，--rebuild 重新汇总。"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("keys", nargs="*")
        parser.add_argument("--period")
        parser.add_argument("--branch", default="53")
        parser.add_argument("--own", action="store_true")
        parser.add_argument("--units", choices=[level.lower() for level in Level.values])
        parser.add_argument("--by", default="")
        parser.add_argument("--category")
        parser.add_argument("--format", choices=["json", "csv", "table"], default="table")
        parser.add_argument("--verify", action="store_true")
        parser.add_argument("--rebuild", action="store_true")

    def handle(self, **options: Any) -> None:
        if options["rebuild"]:
            done = rollup.rebuild(registry.counted(), using=settings.OWNER_DATABASE)
            self.stdout.write(f"已重新汇总 {len(done)} 个指标。")
        elif options["verify"]:
            self._verify()
        else:
            try:
                lines = answer_options(options)
            except (UnknownWordError, UnknownPeriodError) as error:
                self.stderr.write(str(error))
                sys.exit(REFUSED)
            self._print(lines, options["format"])

    def _verify(self) -> None:
        results = rollup.verify(using=settings.OWNER_DATABASE)
        compared = sum(result.cells for result in results)
        different = sum(result.different for result in results)
        for result in results:
            verdict = "一致" if not result.different else f"{result.different} 格不一致"
            self.stdout.write(f"{result.indicator}：{result.cells} 格，{verdict}")
        if different or (compared == 0 and any(result.records for result in results)):
            self.stderr.write("汇总与明细不一致。" if different else "有记录而没有可核对的汇总。")
            sys.exit(DIFFERENT)
        self.stdout.write(f"共核对 {compared} 格，全部一致。")

    def _print(self, lines: list[dict[str, Any]], form: str) -> None:
        if form == "json":
            self.stdout.write(json.dumps(lines, ensure_ascii=False))
        elif form == "csv":
            writer = csv.DictWriter(self.stdout, FIELDS, lineterminator="\n")
            writer.writeheader()
            writer.writerows({**line, "missing": "、".join(line["missing"])} for line in lines)
        else:
            for line in lines:
                value = "—" if line["value"] is None else line["value"]
                where = " ".join(
                    str(line[name]) for name in ("branch", "month", "category") if line[name]
                )
                shown = (line["label"], line["period"], where, f"{value} {line['unit']}")
                self.stdout.write("\t".join((*shown, line["from"])))


def answer_options(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines that the options ask for; raise on unknown words."""
    if not options["period"]:
        message = "请用 --period 指明报告期，如 2021、2021Q3、2021-09。"
        raise UnknownWordError(message)
    with acting_as_system("命令行查询指标"):
        questions = parse_questions(
            options["keys"],
            period=options["period"],
            branch=options["branch"],
            own=options["own"],
            units=options["units"] or "",
            by=options["by"],
            category=options["category"],
        )
        # Whoever may run commands on the server may read the records as well.
        answers = answer_questions(*questions, reader=FigureAudience.RECORDS)
        return [serialize_figure(figure) for lines in answers for figure in lines]
