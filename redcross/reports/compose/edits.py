"""Applies a person's edits to the stored content of a report."""

import itertools
from collections.abc import Mapping
from typing import Any

from redcross.reports.compose.content import Content, StoredBlock, block_text
from redcross.reports.declare.declaration import number_chapter, number_subchapter

Edits = Mapping[str, dict[str, str]]
"""Block id → {"text": the person's words, "base": the composed text they replaced}."""


def apply_edits(content: Content, edits: Edits) -> list[dict[str, Any]]:
    """Return the chapters as a reader gets them: edited paragraphs replace composed ones.

    A figure whose printed text the edit still contains still links to its source. Headings
    without any content left are dropped, and those behind them are renumbered.
    """
    chapters: list[dict[str, Any]] = []
    for chapter in content["chapters"]:
        edited = [_apply_edit(block, edits.get(block["id"])) for block in chapter["blocks"]]
        blocks = _renumber_headings([block for block in edited if block is not None])
        if blocks:
            text = chapter["heading"].partition("、")[2]
            heading = number_chapter(len(chapters), text) if text else ""
            chapters.append({**chapter, "heading": heading, "blocks": blocks})
    return chapters


def _renumber_headings(blocks: list[StoredBlock]) -> list[StoredBlock]:
    """Drop the headings without content, and number the others anew."""
    numbered: list[StoredBlock] = []
    count = 0
    for block, following in itertools.zip_longest(blocks, blocks[1:]):
        if block["kind"] != "heading":
            numbered.append(block)
        elif following is not None and following["kind"] != "heading":
            text = number_subchapter(count, block["text"].partition("）")[2])
            numbered.append({**block, "text": text})
            count += 1
    return numbered


def _apply_edit(block: StoredBlock, edit: dict[str, str] | None) -> StoredBlock | None:
    """Return a block with a person's words; None where the person deleted it."""
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
    is_stale = edit["base"] != block_text(block)
    return {**block, "pieces": pieces, "by_hand": True, "stale": is_stale}
