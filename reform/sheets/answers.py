"""How the cells of the reform sheet are read: yes, no or in progress, and since which day."""

import datetime as dt
import re
from collections.abc import Callable

import polars as pl

from redcross.uploads.schema.expressions import is_filled
from reform.choices import Answer

LEADER_FIELDS = ("party_leader", "government_leader")
"""Columns in which offices write a name and post instead of a yes."""
_YES = re.compile(r"^(?:是|√|✓|✔|☑|有|1$|已|完成|Y|y)")
_NO = re.compile(r"^(?:否|×|✗|✘|x|X|无|0$|未|没|N|n)")
_IN_PROGRESS = re.compile(r"^(?:○|〇|◯|O$|o$|推进|正在|筹备|进行|拟|部分)")
_MONTH = re.compile(
    r"(20\d\d)\s*[年.\-/]\s*(1[0-2]|0?[1-9])(?:\s*[月.\-/]\s*(3[01]|[12]\d|0?[1-9]))?"
)
_POST_TITLE = re.compile(r"书记|常委|部长|[县市州区镇乡]长|主席|主任|会长|局长|秘书长")
_NEGATION = re.compile(r"[未无暂拟待缺]")


def parse_answer(text: str) -> str:
    """Return the answer in a cell of a measure, "" where it cannot be read.

    A bare date is a yes: offices write the day in the cell instead of a tick.
    """
    text = text.strip()
    if _IN_PROGRESS.match(text):
        return Answer.IN_PROGRESS
    if _NO.match(text):
        return Answer.NO
    if _YES.match(text) or _MONTH.match(text):
        return Answer.YES
    return ""


def parse_leader_answer(text: str) -> str:
    """Return the answer in a cell of a leader: a name with a post is a yes."""
    answer = parse_answer(text)
    if answer or _NEGATION.search(text) or not _POST_TITLE.search(text):
        return answer
    return Answer.YES


def answer_parser(field: str) -> Callable[[str], str]:
    """Return the function that reads the cells of a measure's column."""
    return parse_leader_answer if field in LEADER_FIELDS else parse_answer


def is_unreadable(field: str) -> pl.Expr:
    """Return whether a cell of a measure's column is filled, but with no answer."""
    answer = pl.col(field).map_elements(answer_parser(field), return_dtype=pl.String)
    return is_filled(field) & (answer == "")


def parse_fact_day(text: str) -> dt.date | None:
    """Return the day in a cell, the first of the month where only a month is written."""
    match = _MONTH.search(text)
    if match is None:
        return None
    year, month, day = match.groups()
    try:
        return dt.date(int(year), int(month), int(day or 1))
    except ValueError:
        return None
