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
from redcross.accounts.rules import ENTRY_ROLES, READ_ROLES, has_role
from redcross.branches.models import Branch
from redcross.discovery import discover
from redcross.indicators.declare.declaration import registry as indicators
from redcross.indicators.query.query_params import may_read_figures
from redcross.portal.navigation import BOARD_ROLES, list_links
from redcross.uploads.models import NamedKey, Upload
from redcross.uploads.registry import registry as sheets
from redcross.uploads.schema.finding_catalogue import CODES

MAX_HITS = 20


@dataclasses.dataclass(frozen=True, slots=True)
class SearchHit:
    """One thing found: what it is, its name, where it opens."""

    kind: str
    title: str
    address: str


SearchSource = Callable[[str, User], Iterable[SearchHit]]
_sources: list[SearchSource] = []


def search_source(source: SearchSource) -> SearchSource:
    """Register something that can be searched."""
    _sources.append(source)
    return source


def search(words: str, user: User) -> dict[str, list[SearchHit]]:
    """Return hits by kind, at most `SHOWN` of each; nothing for empty words."""
    discover("searching")
    said = words.strip().lower()
    found: dict[str, list[SearchHit]] = {}
    if said:
        for source in _sources:
            for hit in itertools.islice(source(said, user), MAX_HITS):
                found.setdefault(hit.kind, []).append(hit)
    return found


@functools.lru_cache(maxsize=20_000)
def to_pinyin(text: str) -> tuple[str, str]:
    """Return a name's pinyin and its initials, in small letters."""
    whole = pypinyin.lazy_pinyin(text)
    first = pypinyin.lazy_pinyin(text, style=pypinyin.Style.FIRST_LETTER)
    return "".join(whole).lower(), "".join(first).lower()


def matches_name(words: str, *names: str) -> bool:
    """Tell whether the words stand in a name, its pinyin or its initials."""
    return any(
        words in name.lower()
        or (words.isascii() and any(words in each for each in to_pinyin(name)))
        for name in names
        if name
    )


def search_named_rows(
    words: str, model: type[NamedKey], kind: str, address: str
) -> Iterator[SearchHit]:
    """Find named rows of a kind that has a page of its own."""
    for each in model.objects.order_by("name"):
        if matches_name(words, each.name, *each.other_names):
            yield SearchHit(kind, each.name, reverse(address, kwargs={"code": each.pk}))


@search_source
def pages(words: str, user: User) -> Iterator[SearchHit]:
    """Find the pages of one's own navigation."""
    for title, address in list_links(user):
        if matches_name(words, title):
            yield SearchHit("页面", title, address)


@search_source
def branches(words: str, user: User) -> Iterator[SearchHit]:
    """Find branches whose figures one sees."""
    for branch in Branch.objects.in_official_order():
        if (branch.code.startswith(words) or matches_name(words, branch.name)) and may_read_figures(
            user, branch
        ):
            yield SearchHit(
                "机构",
                branch.society,
                f"{reverse('board', kwargs={'key': 'overview'})}?branch={branch.code}",
            )


@search_source
def figures(words: str, user: User) -> Iterator[SearchHit]:
    """Find indicators."""
    if has_role(user, BOARD_ROLES):
        for indicator in indicators.values():
            if matches_name(words, indicator.label, indicator.key):
                yield SearchHit(
                    "指标", indicator.label, reverse("figure", kwargs={"key": indicator.key})
                )


@search_source
def workbooks(words: str, user: User) -> Iterator[SearchHit]:
    """Find the sheets one hands in."""
    if has_role(user, ENTRY_ROLES):
        for sheet in sheets.values():
            if matches_name(words, sheet.title) and has_role(user, ENTRY_ROLES, sheet=sheet.key):
                yield SearchHit("报表", sheet.title, f"{reverse('upload-new')}?sheet={sheet.key}")


@search_source
def uploads(words: str, user: User) -> Iterator[SearchHit]:
    """Find uploads by number or file name."""
    if has_role(user, READ_ROLES):
        rows = Upload.objects.visible_to(user).filter(filename__icontains=words)
        if words.isdigit():
            rows |= Upload.objects.visible_to(user).filter(pk=int(words[:18]))
        for upload in rows.select_related("branch").order_by("-pk")[:MAX_HITS]:
            yield SearchHit(
                "报送记录",
                f"批次{upload.pk} {upload.filename or upload}",
                reverse("upload", kwargs={"pk": upload.pk}),
            )


@search_source
def codes(words: str, _user: User) -> Iterator[SearchHit]:
    """Find the explanation of a finding."""
    for code in CODES.values():
        if words == code.number.lower() or matches_name(words, code.title):
            yield SearchHit(
                "问题代码", f"{code.number} {code.title}", reverse("code", kwargs={"key": code.key})
            )
