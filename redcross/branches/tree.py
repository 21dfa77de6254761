"""The whole tree of branches, cached in the process until it changes.

Figures, checks and pages need the 150 branches all the time. A version in the database is
renewed by a trigger with every change of branches or aliases (migration 0003), in the
transaction of the change. One query compares it with the cached version and returns the tree
if they differ.
"""

import dataclasses
import functools
from collections.abc import Iterable, Mapping
from typing import Any, Protocol, TypeVar

from redcross.branches.models import Branch, BranchAlias
from redcross.branches.naming import index_names, resolve_names_for

VERSION_TABLE = "branches_treeversion"
_TREE_SQL = f"""
SELECT v.version::text AS tree_version, b.*,
  ARRAY(SELECT a.name FROM branches_branchalias a WHERE a.branch_id = b.id ORDER BY a.id) AS others
FROM {VERSION_TABLE} v LEFT JOIN branches_branch b ON true
WHERE v.version::text <> %s
ORDER BY b.position, b.code
"""


class _HasBranch(Protocol):
    branch_id: int
    branch: Any


@dataclasses.dataclass(frozen=True)
class Tree:
    """Every branch in official order. The objects are shared: read them, never save them."""

    version: str = ""
    branches: tuple[Branch, ...] = ()
    aliases: tuple[BranchAlias, ...] = ()

    @functools.cached_property
    def by_id(self) -> Mapping[int, Branch]:
        """The branches by id."""
        return {branch.pk: branch for branch in self.branches}

    @functools.cached_property
    def short_names(self) -> Mapping[int, str]:
        """The short names by branch id."""
        return {branch.pk: branch.short_name for branch in self.branches}

    @functools.cached_property
    def _meanings(self) -> Mapping[str, frozenset[int]]:
        return index_names(self.branches, self.aliases)

    def resolve_names(self, uploader: Branch) -> dict[str, tuple[int, ...]]:
        """Return normalised name → ids of the branches it may mean to this uploader."""
        return resolve_names_for(uploader, self._meanings, self.by_id)

    def under(self, *codes: str) -> tuple[int, ...]:
        """Return the ids of the branches whose code begins with one of the codes."""
        return tuple(branch.pk for branch in self.branches if branch.code.startswith(codes))


R = TypeVar("R", bound=_HasBranch)
_known = Tree()


def get_tree() -> Tree:
    """Return the tree as visible to this transaction, in one query."""
    global _known  # noqa: PLW0603  one per process: replaced as a whole, never changed
    rows = list(Branch.objects.raw(_TREE_SQL, [_known.version]))
    if not rows:
        return _known
    # An empty tree has a version too.
    branches = tuple(branch for branch in rows if branch.pk is not None)
    by_id = {branch.pk: branch for branch in branches}
    for branch in branches:
        branch.parent = by_id.get(branch.parent_id)  # type: ignore[arg-type]
    aliases = tuple(
        BranchAlias(branch_id=branch.pk, name=name)
        for branch in branches
        for name in vars(branch)["others"]
    )
    _known = Tree(vars(rows[0])["tree_version"], branches, aliases)
    return _known


def attach_branches(rows: Iterable[R]) -> list[R]:
    """Return rows with their branches from the cached tree; no query for no rows."""
    result = list(rows)
    by_id = get_tree().by_id if result else {}
    for row in result:
        row.branch = by_id[row.branch_id]
    return result
