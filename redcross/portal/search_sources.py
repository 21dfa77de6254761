"""Search over what a user may see, in Chinese, in pinyin or by its initials.

Each app declares its own sources in `search_sources.py`: functions decorated with
`search_source` that take words and a user and yield hits the user may open.
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
from redcross.discovery import DeclarationList
from redcross.indicators.declare.declaration import registry as indicators
from redcross.indicators.query.query_params import may_read_figures
from redcross.portal.navigation import BOARD_ROLES, list_links
from redcross.uploads.models import NamedKey, Upload
from redcross.uploads.registry import registry as sheets
from redcross.uploads.schema.finding_catalogue import CODES

MAX_HITS = 20


@dataclasses.dataclass(frozen=True, slots=True)
class SearchHit:
    """One result: its kind, its title and the address of its page."""

    kind: str
    title: str
    address: str


SearchSource = Callable[[str, User], Iterable[SearchHit]]
_sources: DeclarationList[SearchSource] = DeclarationList(module="search_sources")


def search_source(source: SearchSource) -> SearchSource:
    """Register a source of search results; for use as a decorator."""
    return _sources.add(source)


def search(words: str, user: User) -> dict[str, list[SearchHit]]:
    """Return hits by kind, at most `MAX_HITS` from each source; nothing for empty words."""
    text = words.strip().lower()
    hits: dict[str, list[SearchHit]] = {}
    if text:
        for source in _sources:
            for hit in itertools.islice(source(text, user), MAX_HITS):
                hits.setdefault(hit.kind, []).append(hit)
    return hits


@functools.lru_cache(maxsize=20_000)
def to_pinyin(text: str) -> tuple[str, str]:
    """Return the pinyin of a name and its initials, in lower case."""
    whole = pypinyin.lazy_pinyin(text)
    first = pypinyin.lazy_pinyin(text, style=pypinyin.Style.FIRST_LETTER)
    return "".join(whole).lower(), "".join(first).lower()


def matches_name(words: str, *names: str) -> bool:
    """Return whether a name, its pinyin or its initials contain the words."""
    return any(
        words in name.lower()
        or (words.isascii() and any(words in spelling for spelling in to_pinyin(name)))
        for name in names
        if name
    )


def search_named_rows(
    words: str, model: type[NamedKey], kind: str, address: str
) -> Iterator[SearchHit]:
    """Yield the matching rows of a model with a page for each row, named by `address`."""
    for row in model.objects.order_by("name"):
        if matches_name(words, row.name, *row.other_names):
            yield SearchHit(kind, row.name, reverse(address, kwargs={"code": row.pk}))


@search_source
def pages(words: str, user: User) -> Iterator[SearchHit]:
    """Find pages in the navigation of the user."""
    for title, address in list_links(user):
        if matches_name(words, title):
            yield SearchHit("页面", title, address)


@search_source
def branches(words: str, user: User) -> Iterator[SearchHit]:
    """Find branches whose figures the user may read."""
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
    """Find sheets the user may upload."""
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
    """Find explanations of finding codes."""
    for code in CODES.values():
        if words == code.number.lower() or matches_name(words, code.title):
            yield SearchHit(
                "问题代码", f"{code.number} {code.title}", reverse("code", kwargs={"key": code.key})
            )
