"""Guess the branch a workbook is of, by its titles and its branch column."""

import dataclasses
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence

from redcross.branches.naming import HEADQUARTERS_WORDS, normalize_branch_name
from redcross.uploads.intake.guess.certainty import Certainty
from redcross.uploads.intake.guess.workbook_texts import WorkbookTexts

_BRANCH_LABELS = ("填报单位", "报送单位", "编制单位", "制表单位")


@dataclasses.dataclass(frozen=True, slots=True)
class BranchGuess:
    """The branch's id, how certain it is, and why."""

    branch_id: int
    certainty: Certainty
    reason: str


@dataclasses.dataclass(frozen=True, slots=True)
class BranchNames:
    """The names of branches, as the guesser needs them."""

    ids_by_name: Mapping[str, tuple[int, ...]]  # normalised name → ids it may mean
    labels: Mapping[int, str]
    parents: Mapping[int, int]  # id → its parent's

    def lineage(self, branch_id: int) -> list[int]:
        """Return the branch and all above it."""
        line = [branch_id]
        while line[-1] in self.parents:
            line.append(self.parents[line[-1]])
        return line


def guess_branch(
    texts: WorkbookTexts,
    *,
    column: Sequence[str],
    names: BranchNames,
    enterable: Collection[int],
    default: int,
) -> BranchGuess:
    """Take 填报单位, title or name, then the branch column; only a branch he may enter.

    `column` are the cells of the branch column, `enterable` the ids the person may enter,
    `default` the id where the workbook names none.
    """
    outside: tuple[str, int] | None = None
    for source, text in _branch_sources(texts):
        branch_id = find_branch(text, names)
        if branch_id is None:
            continue
        if branch_id in enterable:
            return BranchGuess(branch_id, Certainty.YES, f"{source}是{names.labels[branch_id]}")
        if outside is None and branch_id not in names.lineage(default):
            outside = (source, branch_id)
    if outside is not None:
        source, branch_id = outside
        label, home = names.labels[branch_id], names.labels[default]
        reason = f"{source}是{label}，不在您的填报范围，暂按{home}，请核对"
        return BranchGuess(default, Certainty.NO, reason)
    return _guess_by_column(column, names, enterable) or BranchGuess(
        default, Certainty.LIKELY, "表中没有写单位，按您所在的单位"
    )


def find_branch(text: str, names: BranchNames) -> int | None:
    """Return the branch that a text names, alone or with those above it.

    None where it names none, or several that are not above each other.
    """
    branch_ids = _branches_in(text, names.ids_by_name)
    lowest = max(branch_ids, key=lambda one: len(names.lineage(one)), default=None)
    is_alone = lowest is not None and set(branch_ids) <= set(names.lineage(lowest))
    return lowest if is_alone else None


def _branch_sources(texts: WorkbookTexts) -> Iterator[tuple[str, str]]:
    """Yield (source for people, text), the most reliable first."""
    yield from texts.first_labeled(_BRANCH_LABELS)
    yield from (("标题写的", text) for text in texts.titles)
    yield "文件名写的", texts.filename


def _guess_by_column(
    column: Sequence[str], names: BranchNames, enterable: Collection[int]
) -> BranchGuess | None:
    """Return the lowest enterable branch above all branches of the column."""
    matches = (names.ids_by_name.get(normalize_branch_name(text), ()) for text in set(column))
    branch_ids = {ids[0] for ids in matches if len(ids) == 1}
    common = _common_ancestor([one for one in branch_ids if one in enterable], names, enterable)
    if common is None:
        return None
    certainty = Certainty.YES if branch_ids <= set(enterable) else Certainty.NO
    return BranchGuess(common, certainty, f"单位列都属于{names.labels[common]}")


def _branches_in(text: str, ids_by_name: Mapping[str, tuple[int, ...]]) -> list[int]:
    """Return the branches named in a text, by the longest name at each place."""
    text = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    generic = {normalize_branch_name(word) for word in HEADQUARTERS_WORDS}
    max_length = max(map(len, ids_by_name), default=0)
    branch_ids: list[int] = []
    start = 0
    while start < len(text):
        ends = range(min(len(text), start + max_length), start + 1, -1)
        parts = ((end, text[start:end]) for end in ends)
        end, ids = next(
            (
                (end, ids_by_name[part])
                for end, part in parts
                if part in ids_by_name and part not in generic
            ),
            (start + 1, ()),
        )
        if len(ids) == 1 and not text[start:end].isdigit():
            branch_ids.append(ids[0])
        start = end
    return branch_ids


def _common_ancestor(
    branch_ids: Sequence[int], names: BranchNames, enterable: Collection[int]
) -> int | None:
    """Return the lowest branch that is above all of these and may be entered."""
    if not branch_ids:
        return None
    shared = [
        ancestor
        for ancestor in names.lineage(branch_ids[0])
        if all(ancestor in names.lineage(one) for one in branch_ids)
    ]
    return next((ancestor for ancestor in shared if ancestor in enterable), None)
