"""Search over what one may see, in Chinese, in pinyin or by its initials.

An app adds what it knows in `searching.py`: functions marked `searched`, from words and
a user to hits he may open.
"""

import dataclasses
import functools
import itertools
from collections.abc import Callable, Iterable, Iterator

import pypinyin
from django.urls import reverse

from redcross.accounts.models import User
from redcross.accounts.rules import ENTERING, READING, holds
from redcross.branches.models import Branch
from redcross.discovery import discover
from redcross.indicators.declare.declaration import registry as indicators
from redcross.indicators.query.query_params import sees_figures_of
from redcross.portal.navigation import SEEING_BOARDS, links_of
from redcross.uploads.models import NamedKey, Upload
from redcross.uploads.registry import registry as sheets
from redcross.uploads.schema.finding_catalogue import CODES

SHOWN = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Hit:
    """One thing found: what it is, its name, where it opens."""

    kind: str
    title: str
    address: str


Source = Callable[[str, User], Iterable[Hit]]
_sources: list[Source] = []


def searched(source: Source) -> Source:
    """Register something that can be searched."""
    _sources.append(source)
    return source


def search(words: str, user: User) -> dict[str, list[Hit]]:
    """Return hits by kind, at most `SHOWN` of each; nothing for empty words."""
    discover("searching")
    said = words.strip().lower()
    found: dict[str, list[Hit]] = {}
    if said:
        for source in _sources:
            for hit in itertools.islice(source(said, user), SHOWN):
                found.setdefault(hit.kind, []).append(hit)
    return found


@functools.lru_cache(maxsize=20_000)
def spoken(text: str) -> tuple[str, str]:
    """Return a name's pinyin and its initials, in small letters."""
    whole = pypinyin.lazy_pinyin(text)
    first = pypinyin.lazy_pinyin(text, style=pypinyin.Style.FIRST_LETTER)
    return "".join(whole).lower(), "".join(first).lower()


def matches(words: str, *names: str) -> bool:
    """Tell whether the words stand in a name, its pinyin or its initials."""
    return any(
        words in name.lower() or (words.isascii() and any(words in each for each in spoken(name)))
        for name in names
        if name
    )


def named(words: str, model: type[NamedKey], kind: str, address: str) -> Iterator[Hit]:
    """Find named rows of a kind that has a page of its own."""
    for each in model.objects.order_by("name"):
        if matches(words, each.name, *each.other_names):
            yield Hit(kind, each.name, reverse(address, kwargs={"code": each.pk}))


@searched
def pages(words: str, user: User) -> Iterator[Hit]:
    """Find the pages of one's own navigation."""
    for title, address in links_of(user):
        if matches(words, title):
            yield Hit("页面", title, address)


@searched
def branches(words: str, user: User) -> Iterator[Hit]:
    """Find branches whose figures one sees."""
    for branch in Branch.objects.in_official_order():
        if (branch.code.startswith(words) or matches(words, branch.name)) and sees_figures_of(
            user, branch
        ):
            yield Hit(
                "机构",
                branch.society,
                f"{reverse('board', kwargs={'key': 'overview'})}?branch={branch.code}",
            )


@searched
def figures(words: str, user: User) -> Iterator[Hit]:
    """Find indicators."""
    if holds(user, SEEING_BOARDS):
        for indicator in indicators.values():
            if matches(words, indicator.label, indicator.key):
                yield Hit("指标", indicator.label, reverse("figure", kwargs={"key": indicator.key}))


@searched
def workbooks(words: str, user: User) -> Iterator[Hit]:
    """Find the sheets one hands in."""
    if holds(user, ENTERING):
        for sheet in sheets.values():
            if matches(words, sheet.title) and holds(user, ENTERING, sheet=sheet.key):
                yield Hit("报表", sheet.title, f"{reverse('upload-new')}?sheet={sheet.key}")


@searched
def uploads(words: str, user: User) -> Iterator[Hit]:
    """Find uploads by number or file name."""
    if holds(user, READING):
        rows = Upload.objects.visible_to(user).filter(filename__icontains=words)
        if words.isdigit():
            rows |= Upload.objects.visible_to(user).filter(pk=int(words[:18]))
        for upload in rows.select_related("branch").order_by("-pk")[:SHOWN]:
            yield Hit(
                "报送记录",
                f"批次{upload.pk} {upload.filename or upload}",
                reverse("upload", kwargs={"pk": upload.pk}),
            )


@searched
def codes(words: str, _user: User) -> Iterator[Hit]:
    """Find the explanation of a finding."""
    for code in CODES.values():
        if words == code.number.lower() or matches(words, code.title):
            yield Hit(
                "问题代码", f"{code.number} {code.title}", reverse("code", kwargs={"key": code.key})
            )
