"""What a report says, as it is stored: words, tables, and the figures under them."""

import datetime as dt
import hashlib
import itertools
import json
import re
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.indicators.query.resolve import Figure
from redcross.periods import Period
from redcross.reports.declare.declaration import (
    Chapter,
    ReportKind,
    number_chapter,
    number_subchapter,
    report_kinds,
)
from redcross.reports.narrative.report_context import Block, Paragraph, ReportContext, TextPiece

Content = dict[str, Any]
_NUMBER = re.compile(r"-?[\d.]+[%万亿元]*|—")


class EmptyReportError(Exception):
    """No figure of the report has a value."""

    def __init__(self, kind: ReportKind, branch: Branch, period: Period) -> None:
        super().__init__(kind, branch, period)
        self.text = f"{branch.society}{period.label}没有可用的数据，不能生成“{kind.name}”。"

    def __str__(self) -> str:
        return self.text


def compose_report(
    kind: ReportKind, branch: Branch, period: Period, *, now: dt.datetime
) -> Content:
    """Tell every chapter; the figures are those of this moment (数据截至)."""
    story = ReportContext(branch, period)
    told = story.told(report_kinds.passages_of(kind))
    figures: dict[str, dict[str, Any]] = {}
    chapters: list[dict[str, Any]] = []
    for at, chapter in enumerate(kind.chapters):
        blocks = _compose_chapter(chapter, told, figures) or [_empty_chapter_block(at, period)]
        heading = number_chapter(at, chapter.heading) if chapter.heading else ""
        chapters.append({"heading": heading, "blocks": blocks})
    return {
        "title": kind.title.format(where=_area_name(branch), period=period.label),
        "addressee": _addressee(branch) if kind.addressed else "",
        "society": branch.society,
        "chapters": chapters,
        "annexes": _serialize_sections(kind.annexes, told, figures),
        "figures": figures,
        "notes": _collect_notes(figures),
        "cut_off": timezone.localtime(now).isoformat(timespec="minutes"),
    }


def _compose_chapter(
    chapter: Chapter, told: dict[str, list[Block]], figures: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    """Return what stands under a chapter; a section that tells nothing has no heading."""
    blocks: list[dict[str, Any]] = []
    numbered = 0
    for section in chapter.sections:
        found = _serialize_sections(section.passages, told, figures)
        if found and section.heading:
            text = number_subchapter(numbered, section.heading)
            blocks.append({"kind": "heading", "id": f"heading:{section.passages[0]}", "text": text})
            numbered += 1
        blocks += found
    return blocks


def _serialize_sections(
    names: Iterable[str], told: dict[str, list[Block]], figures: dict[str, dict[str, Any]]
) -> list[dict[str, Any]]:
    return [
        _serialize_block(f"{name}:{at}", block, figures)
        for name in names
        for at, block in enumerate(told[name])
    ]


def _empty_chapter_block(at: int, period: Period) -> dict[str, Any]:
    """Return the one sentence of a chapter that has nothing to tell."""
    text = f"{period.label}没有登记这方面的情况。"
    return {"kind": "text", "id": f"nothing:{at}", "pieces": [{"text": text}]}


def list_tables(content: Content) -> list[dict[str, Any]]:
    """Return the tables of a report, those of its annexes last."""
    blocks = [block for chapter in content["chapters"] for block in chapter["blocks"]]
    return [block for block in (*blocks, *list_annexes(content)) if block["kind"] == "table"]


def list_annexes(content: Content) -> list[dict[str, Any]]:
    """Return the tables behind the signature; a report of earlier days has none."""
    return list(content.get("annexes", []))


def _area_name(branch: Branch) -> str:
    return "全省" if branch.level == Level.PROVINCE else branch.name


def _addressee(branch: Branch) -> str:
    return "各州（市）红十字会：" if branch.level == Level.PROVINCE else "各县（市、区）红十字会："


def has_no_values(content: Content) -> bool:
    """Tell whether no figure of a report has a value."""
    return all(figure["value"] is None for figure in content["figures"].values())


def _serialize_block(name: str, block: Block, figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        pieces = [_serialize_piece(piece, figures) for piece in block.pieces]
        return {"kind": "text", "id": name, "pieces": pieces}
    return {
        "kind": "table",
        "id": name,
        "title": block.title,
        "head": list(block.head),
        "rows": [[_serialize_piece(each, figures) for each in row] for row in block.rows],
    }


def _serialize_piece(told: TextPiece, figures: dict[str, dict[str, Any]]) -> dict[str, Any]:
    for figure in told.figures:
        figures.setdefault(_figure_key(figure), _serialize_figure(figure))
    piece: dict[str, Any] = {"text": told.text}
    if told.figures:
        piece["figures"] = [_figure_key(figure) for figure in told.figures]
    return piece


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


def _collect_notes(figures: dict[str, dict[str, Any]]) -> list[str]:
    told = dict.fromkeys(
        f"{each['label']}：{each['note']}" for each in figures.values() if each["note"]
    )
    return list(told)


def figures_digest(figures: dict[str, dict[str, Any]]) -> str:
    """Return the SHA-256 of the figures' canonical JSON: sorted keys, no spaces, UTF-8."""
    canonical = json.dumps(figures, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


def block_text(block: dict[str, Any]) -> str:
    """Return a paragraph as the machine wrote it."""
    return "".join(piece["text"] for piece in block["pieces"])


def is_numeric_piece(piece: dict[str, Any]) -> bool:
    """Tell whether a cell stands at the right: a figure, a number, or what lacks one."""
    return bool(piece.get("figures")) or bool(_NUMBER.fullmatch(piece["text"]))


def apply_edits(content: Content, edits: dict[str, dict[str, str]]) -> list[dict[str, Any]]:
    """Return the chapters as a reader gets them: a person's words stand before ours.

    A figure whose printed text a person kept still leads to its source. Headings under
    which a person left nothing go, and those behind them move up.
    """
    chapters: list[dict[str, Any]] = []
    for chapter in content["chapters"]:
        kept = [_apply_edit(block, edits.get(block["id"])) for block in chapter["blocks"]]
        blocks = _renumber_headings([block for block in kept if block is not None])
        if blocks:
            heading = chapter["heading"].partition("、")[2]
            heading = number_chapter(len(chapters), heading) if heading else ""
            chapters.append({**chapter, "heading": heading, "blocks": blocks})
    return chapters


def _renumber_headings(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Drop the headings that stand over nothing, and number the others anew."""
    kept: list[dict[str, Any]] = []
    numbered = 0
    for block, after in itertools.zip_longest(blocks, blocks[1:]):
        if block["kind"] != "heading":
            kept.append(block)
        elif after is not None and after["kind"] != "heading":
            text = number_subchapter(numbered, block["text"].partition("）")[2])
            kept.append({**block, "text": text})
            numbered += 1
    return kept


def _apply_edit(block: dict[str, Any], edit: dict[str, str] | None) -> dict[str, Any] | None:
    if edit is None or block["kind"] != "text":
        return block
    if not edit["text"].strip():
        return None
    pieces: list[dict[str, Any]] = []
    rest = edit["text"]
    for piece in block["pieces"]:
        if "figures" not in piece or piece["text"] not in rest:
            continue
        before, _, rest = rest.partition(piece["text"])
        pieces += [{"text": before}, piece] if before else [piece]
    if rest:
        pieces.append({"text": rest})
    return {**block, "pieces": pieces, "by_hand": True, "stale": edit["base"] != block_text(block)}
