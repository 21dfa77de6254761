"""Resolution of written names to branches, depending on the branch that uploads."""

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping

from redcross.branches.choices import Level
from redcross.branches.models import Branch, BranchAlias

SOCIETY = "红十字会"
HEADQUARTERS_WORDS = ("本级", "机关", "市本级", "州本级", "省本级", "县本级", "区本级")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\ufeff\u00a0\u3000\t\r\n "))


def normalize_branch_name(name: str) -> str:
    """Return a name for matching: widths folded, white space and 红十字会 removed."""
    folded = unicodedata.normalize("NFKC", name).translate(_INVISIBLE)
    return folded.removesuffix(SOCIETY).upper() or folded


def index_names(
    branches: Iterable[Branch], aliases: Iterable[BranchAlias]
) -> dict[str, frozenset[int]]:
    """Return normalised name → ids of the branches with that name."""
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
    """Return normalised name → ids of the branches it may mean to this uploader.

    A name of several branches (楚雄, 大理, 红河 and 文山 are each a prefecture and one of
    its counties) is first narrowed to the uploader's subtree; within it a bare name means
    the county, since a prefecture writes its full name or 本级.
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
