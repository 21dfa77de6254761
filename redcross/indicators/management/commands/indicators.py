"""manage.py indicators: ask for figures, verify the rollup, rebuild it."""

import csv
import json
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from redcross.accounts.scope import acting_as_system
from redcross.branches.choices import Level
from redcross.branches.services import branch_by_code
from redcross.indicators import rollup
from redcross.indicators.answers import Figure, Question, ask, level_named
from redcross.indicators.declaration import registry
from redcross.periods import Period, UnknownPeriodError
from redcross.uploads.management.commands.upload import Parser

DIFFERENT, REFUSED = 1, 3
FIELDS = (
    "indicator", "label", "period", "branch", "level", "month", "breakdown", "category",
    "category_key", "value", "unit", "qualifier", "from", "missing",
)  # fmt: skip


class UnknownWordError(Exception):
    """Something asked for does not exist."""


class Command(BaseCommand):
    """Ask, verify, rebuild."""

    help = "查询指标；--verify 逐格核对汇总，--rebuild 重新汇总。"

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        parser = Parser(prog=f"manage.py {subcommand}", description=self.help)
        for option in ("--settings", "--pythonpath"):
            parser.add_argument(option)
        for option in ("--traceback", "--no-color", "--force-color", "--skip-checks"):
            parser.add_argument(option, action="store_true")
        parser.add_argument("-v", "--verbosity", type=int, default=1)
        self.add_arguments(parser)
        return parser

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
                lines = answer(options)
            except (UnknownWordError, UnknownPeriodError) as error:
                self.stderr.write(str(error))
                sys.exit(REFUSED)
            self._print(lines, options["format"])

    def _verify(self) -> None:
        found = rollup.verify(using=settings.OWNER_DATABASE)
        compared = sum(each.cells for each in found)
        different = sum(each.different for each in found)
        for each in found:
            verdict = "一致" if not each.different else f"{each.different} 格不一致"
            self.stdout.write(f"{each.indicator}：{each.cells} 格，{verdict}")
        if different or (compared == 0 and any(each.records for each in found)):
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


def answer(options: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of the questions the options ask; raise on unknown words."""
    if not options["period"]:
        message = "请用 --period 指明报告期，如 2021、2021Q3、2021-09。"
        raise UnknownWordError(message)
    period = Period.parse(options["period"])
    unknown = [key for key in options["keys"] if key not in registry]
    if unknown:
        message = f"没有名为“{'、'.join(unknown)}”的指标。可用：{'、'.join(registry)}。"
        raise UnknownWordError(message)
    with acting_as_system("命令行查询指标"):
        branch = branch_by_code(options["branch"])
        if branch is None:
            message = f"没有代码或名称为“{options['branch']}”的机构。"
            raise UnknownWordError(message)
        by = _by(options["by"])
        keys = options["keys"] or list(registry)
        questions = []
        for key in keys:
            indicator = registry[key]
            breakdown = [name for name in by if name not in ("branch", "month")]
            if breakdown and breakdown[0] not in indicator.breakdowns:
                if not options["keys"]:
                    continue
                known = "、".join(["branch", "month", *indicator.breakdowns])
                message = f"指标“{indicator.label}”不能按“{breakdown[0]}”分组。可用：{known}。"
                raise UnknownWordError(message)
            questions.append(
                Question(
                    indicator=indicator,
                    period=period,
                    branch=branch,
                    own=options["own"],
                    level=level_named(options["units"]) if options["units"] else "",
                    by=by,
                    category=options["category"],
                )
            )
        return [as_json(figure) for lines in ask(*questions) for figure in lines]


def _by(text: str) -> tuple[str, ...]:
    """Read branch, month and one breakdown; a breakdown of two fields stays one word."""
    parts = [part for part in text.split("+") if part]
    plain = tuple(part for part in parts if part in ("branch", "month"))
    rest = "+".join(part for part in parts if part not in ("branch", "month"))
    return (*plain, rest) if rest else plain


def as_json(figure: Figure) -> dict[str, Any]:
    """Return a figure as the command and the API print it."""
    return {
        "indicator": figure.indicator.key,
        "label": figure.indicator.label,
        "period": str(figure.period),
        "branch": figure.branch.code,
        "level": "own" if figure.own else figure.level.lower() or figure.branch.level.lower(),
        "month": f"{figure.month:%Y-%m}" if figure.month else None,
        "breakdown": figure.breakdown,
        "category": figure.category,
        "category_key": figure.category_key,
        "value": None if figure.value is None else plain(figure.value),
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "from": figure.origin.value,
        "missing": list(figure.missing),
    }


def plain(value: Any) -> str:
    """Return a decimal without an exponent and without idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
