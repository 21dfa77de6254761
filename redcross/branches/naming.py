"""Which branch a written name means, in the context of the one who writes it."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from redcross.branches.choices import Level
from redcross.branches.models import Branch, BranchAlias

SOCIETY = "红十字会"
HEADQUARTERS_WORDS = ("本级", "机关", "市本级", "州本级", "省本级", "县本级", "区本级")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff\u00a0\u3000\t\r\n "))


def normalize_branch_name(name: str) -> str:
    """Fold widths, drop white space and the words 红十字会, for matching only."""
    folded = unicodedata.normalize("NFKC", name).translate(_INVISIBLE)
    return folded.removesuffix(SOCIETY).upper() or folded


def index_names(
    branches: Iterable[Branch], aliases: Iterable[BranchAlias]
) -> dict[str, frozenset[int]]:
    """Return every way to write a branch → the ids of all that are written so."""
    meanings: defaultdict[str, set[int]] = defaultdict(set)
    for branch in branches:
        for name in _names_of_branch(branch):
            meanings[normalize_branch_name(name)].add(branch.pk)
    for alias in aliases:
        meanings[normalize_branch_name(alias.name)].add(alias.branch_id)
    return {name: frozenset(ids) for name, ids in meanings.items()}


def resolve_names_for(
    uploader: Branch, meanings: Mapping[str, frozenset[int]], by_id: Mapping[int, Branch]
) -> dict[str, tuple[int, ...]]:
    """Return every way to write a branch → the ids it may mean to this uploader.

    A name that means several branches (楚雄, 大理, 红河 and 文山 are each a prefecture
    and one of its counties) is narrowed to the uploader's own subtree first; within it
    a bare name means the county, since a prefecture names itself in full or 本级.
    """
    resolved = {name: _narrow_to_subtree(ids, by_id, uploader) for name, ids in meanings.items()}
    resolved.update((normalize_branch_name(word), (uploader.pk,)) for word in HEADQUARTERS_WORDS)
    return resolved


def _names_of_branch(branch: Branch) -> set[str]:
    ancestors = branch.name, branch.short_name, branch.bare_name
    names = {*ancestors, branch.code, branch.padded_code}
    if branch.level != Level.UNIT:
        names |= {f"{name}本级" for name in ancestors}
    return names - {"", branch.padded_code if branch.level == Level.UNIT else ""}


def _narrow_to_subtree(
    ids: frozenset[int], by_id: Mapping[int, Branch], uploader: Branch
) -> tuple[int, ...]:
    if len(ids) == 1:
        return tuple(ids)
    inside = [pk for pk in ids if uploader.contains(by_id[pk])]
    below = [pk for pk in inside if pk != uploader.pk]
    return tuple(sorted(below or inside or ids))
