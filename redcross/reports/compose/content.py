"""The content of a report as it is stored: texts, tables, and the figures behind them."""

import datetime as dt
import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils import timezone

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.query.question import Figure
from redcross.periods import Period
from redcross.reports.declare.declaration import (
    Chapter,
    ReportKind,
    number_chapter,
    number_subchapter,
    report_kinds,
)
from redcross.reports.narrative.blocks import Block, Paragraph, TextPiece
from redcross.reports.narrative.report_context import ReportContext

Content = dict[str, Any]
StoredBlock = dict[str, Any]
StoredFigures = dict[str, dict[str, Any]]
"""Figures by a key that names their question."""
_NUMBER = re.compile(r"-?[\d.]+[%万亿元]*|—")


class EmptyReportError(Exception):
    """No figure of the report has a value."""

    def __init__(self, kind: ReportKind, branch: Branch, period: Period) -> None:
        super().__init__(kind, branch, period)
        self.text = f"{branch.society}{period.label}没有可用的数据，不能生成“{kind.name}”。"

    def __str__(self) -> str:
        return self.text


# Composing ----------------------------------------------------------------------


def compose_report(
    kind: ReportKind, branch: Branch, period: Period, *, now: dt.datetime
) -> Content:
    """Write every chapter with the figures of this moment (数据截至)."""
    context = ReportContext(branch, period)
    sections = context.write_sections(report_kinds.section_writers(kind))
    figures: StoredFigures = {}
    chapters: list[dict[str, Any]] = []
    for index, chapter in enumerate(kind.chapters):
        blocks = _compose_chapter(chapter, sections, figures)
        heading = number_chapter(index, chapter.heading) if chapter.heading else ""
        chapters.append(
            {"heading": heading, "blocks": blocks or [_empty_chapter_block(index, period)]}
        )
    return {
        "title": kind.title.format(where=_area_name(branch), period=period.label),
        "addressee": _addressee(branch) if kind.addressed else "",
        "society": branch.society,
        "chapters": chapters,
        "annexes": _serialize_sections(kind.annexes, sections, figures),
        "figures": figures,
        "notes": _collect_notes(figures),
        "cut_off": timezone.localtime(now).isoformat(timespec="minutes"),
    }


def _compose_chapter(
    chapter: Chapter, sections: Mapping[str, list[Block]], figures: StoredFigures
) -> list[StoredBlock]:
    """Return the blocks of a chapter; a subchapter without any has no heading."""
    blocks: list[StoredBlock] = []
    numbered = 0
    for subchapter in chapter.subchapters:
        content = _serialize_sections(subchapter.sections, sections, figures)
        if content and subchapter.heading:
            blocks.append(
                {
                    "kind": "heading",
                    "id": f"heading:{subchapter.sections[0]}",
                    "text": number_subchapter(numbered, subchapter.heading),
                }
            )
            numbered += 1
        blocks += content
    return blocks


def _empty_chapter_block(index: int, period: Period) -> StoredBlock:
    """Return the one sentence of a chapter without content."""
    text = f"{period.label}没有登记这方面的情况。"
    return {"kind": "text", "id": f"nothing:{index}", "pieces": [{"text": text}]}


def _area_name(branch: Branch) -> str:
    return "全省" if branch.level == Level.PROVINCE else branch.name


def _addressee(branch: Branch) -> str:
    return "各州（市）红十字会：" if branch.level == Level.PROVINCE else "各县（市、区）红十字会："


# Storing ------------------------------------------------------------------------


def _serialize_sections(
    keys: Iterable[str], sections: Mapping[str, list[Block]], figures: StoredFigures
) -> list[StoredBlock]:
    return [
        _serialize_block(f"{key}:{index}", block, figures)
        for key in keys
        for index, block in enumerate(sections[key])
    ]


def _serialize_block(block_id: str, block: Block, figures: StoredFigures) -> StoredBlock:
    if isinstance(block, Paragraph):
        pieces = [_serialize_piece(piece, figures) for piece in block.pieces]
        return {"kind": "text", "id": block_id, "pieces": pieces}
    return {
        "kind": "table",
        "id": block_id,
        "title": block.title,
        "head": list(block.head),
        "rows": [[_serialize_piece(piece, figures) for piece in row] for row in block.rows],
    }


def _serialize_piece(piece: TextPiece, figures: StoredFigures) -> dict[str, Any]:
    """Return a piece as JSON, and add its figures to those of the report."""
    for figure in piece.figures:
        figures.setdefault(_figure_key(figure), _serialize_figure(figure))
    stored: dict[str, Any] = {"text": piece.text}
    if piece.figures:
        stored["figures"] = [_figure_key(figure) for figure in piece.figures]
    return stored


def _figure_key(figure: Figure) -> str:
    parts = (
        figure.indicator.key,
        str(figure.period),
        figure.branch.code,
        "own" if figure.own else figure.level,
        figure.breakdown,
        figure.category_key,
    )
    return "|".join(parts)


def _serialize_figure(figure: Figure) -> dict[str, Any]:
    value = None if figure.value is None else format(figure.value.normalize(), "f")
    return {
        "indicator": figure.indicator.key,
        "label": figure.indicator.label,
        "period": str(figure.period),
        "branch": figure.branch.code,
        "branch_name": figure.branch.short_name,
        "own": figure.own,
        "level": figure.level,
        "breakdown": figure.breakdown,
        "category_key": figure.category_key,
        "category": figure.category,
        "value": value,
        "unit": figure.unit,
        "qualifier": figure.qualifier,
        "from": figure.origin.value,
        "missing": list(figure.missing),
        "note": figure.note,
    }


def _collect_notes(figures: StoredFigures) -> list[str]:
    notes = (
        f"{figure['label']}：{figure['note']}" for figure in figures.values() if figure["note"]
    )
    return list(dict.fromkeys(notes))


def figures_digest(figures: StoredFigures) -> str:
    """Return the SHA-256 of the figures' canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


# Reading ------------------------------------------------------------------------


def list_tables(content: Content) -> list[StoredBlock]:
    """Return the tables of a report, those of its annexes last."""
    blocks = [block for chapter in content["chapters"] for block in chapter["blocks"]]
    return [block for block in (*blocks, *list_annexes(content)) if block["kind"] == "table"]


def list_annexes(content: Content) -> list[StoredBlock]:
    """Return the tables behind the signature; reports stored before annexes existed have none."""
    return list(content.get("annexes", []))


def has_no_values(content: Content) -> bool:
    """Whether no figure of a report has a value."""
    return all(figure["value"] is None for figure in content["figures"].values())


def block_text(block: StoredBlock) -> str:
    """Return a paragraph as it was composed."""
    return "".join(piece["text"] for piece in block["pieces"])


def is_numeric_piece(piece: dict[str, Any]) -> bool:
    """Whether a cell is aligned right: a figure, a number, or the sign of a missing one."""
    return bool(piece.get("figures")) or bool(_NUMBER.fullmatch(piece["text"]))
