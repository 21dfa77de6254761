"""The base of management commands that other programs call."""

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

EXIT_USAGE = 64
"""The exit code of wrong usage (EX_USAGE of sysexits.h)."""


class _StrictParser(argparse.ArgumentParser):
    """Ends with `EXIT_USAGE` on wrong usage, where argparse itself would end with 2."""

    def error(self, message: str) -> Any:
        self.print_usage(sys.stderr)
        self.exit(EXIT_USAGE, f"{message}\n")


class StrictCommand(BaseCommand):
    """A command whose wrong usage prints the usage and ends with `EXIT_USAGE`.

    Exit codes 1 to 3 are free for the command's own results.
    """

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> Any:
        """Return a parser with the options of every Django command and the command's own."""
        parser = _StrictParser(prog=f"{Path(prog_name).name} {subcommand}", description=self.help)
        for option in ("--settings", "--pythonpath"):
            parser.add_argument(option)
        for option in ("--traceback", "--no-color", "--force-color", "--skip-checks"):
            parser.add_argument(option, action="store_true")
        parser.add_argument("-v", "--verbosity", type=int, default=1)
        self.add_arguments(parser)  # type: ignore[arg-type]
        return parser
