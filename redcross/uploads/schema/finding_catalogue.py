"""The numbered catalogue of findings: what each means, and how to correct it.

The findings of imports stand in `finding_codes.toml`; an app adds those of its own rules.
"""

import dataclasses
import tomllib
from pathlib import Path

from redcross.uploads.choices import Severity
from redcross.uploads.schema.findings import Finding


@dataclasses.dataclass(frozen=True, slots=True)
class FindingCode:
    """One kind of finding; its texts are for people."""

    key: str
    number: str
    severity: Severity
    title: str
    meaning: str
    remedy: str


def _read_codes(path: Path) -> dict[str, FindingCode]:
    entries = tomllib.loads(path.read_text(encoding="utf-8"))
    return {
        key: FindingCode(key=key, **entry | {"severity": Severity(entry["severity"])})
        for key, entry in entries.items()
    }


CODES = _read_codes(Path(__file__).with_name("finding_codes.toml"))
"""Every kind of finding by its key."""


def register_codes(*codes: FindingCode) -> None:
    """Add the kinds of finding of an app's own rules; raise ValueError for a key used twice."""
    for code in codes:
        if CODES.setdefault(code.key, code) != code:
            message = f"two findings are called {code.key}"
            raise ValueError(message)


def severity_of(code: str) -> Severity:
    """Return how grave a code is; one outside the catalogue blocks."""
    known = CODES.get(code)
    return known.severity if known else Severity.ERROR


def finding(
    code: str,
    message: str,
    *,
    worksheet: str,
    row: int | None = None,
    column: str | None = None,
    field: str | None = None,
    value: str = "",
    suggestion: str | None = None,
    severity: Severity | None = None,
) -> Finding:
    """Return a finding of this code; severity and remedy are the catalogue's unless given.

    `row` as Excel numbers it, `column` as its letter; both None for a whole worksheet.
    """
    if suggestion is None:
        suggestion = CODES[code].remedy
    return Finding(
        worksheet=worksheet,
        row=row,
        column=column,
        field=field,
        code=code,
        severity=severity_of(code) if severity is None else severity,
        message=message,
        suggestion=suggestion,
        value=value,
    )
