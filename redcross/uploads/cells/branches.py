"""Parse names of branches: by themselves, and by the other names of their column."""

import re
from collections.abc import Callable, Iterable, Mapping

from redcross.uploads.cells.parsed import CellProblem, ParsedCell, ParsedColumn, normalize_text
from redcross.uploads.cells.words import NearestWord
from redcross.uploads.schema.import_spec import ImportContext

IdsByName = Mapping[str, tuple[int, ...]]
"""Normalised name → the branches it may mean."""

_MIN_BRANCHES = 3
"""From so many unambiguous names on a column is known to be of one level."""
_SOCIETY, _SHORT_SOCIETY = "红十字会", "红会"
_LEVEL_CHARACTER = re.compile(r"[县市区州]")
_TOWNSHIP = re.compile(r"[^县市州]{1,24}(?:乡|镇|街道|村|社区|组|号)")
_PREFECTURE_AND_REST = re.compile(r"(?:云南省)?(.+?(?:自治州|州|市))(.+)")
_MAX_SHOWN_TEXT = 40


def branch_parser(
    names: IdsByName, labels: Mapping[int, str], own: frozenset[int]
) -> Callable[..., ParsedCell]:
    """Return a parser of branches by code, official, short, bare or former name.

    `own` are the branches the uploader may write for.
    """
    nearest_to = NearestWord(names)

    def parse(text: str, *, is_number: bool) -> ParsedCell:
        del is_number
        bare, branch_ids = _match_branches(text, names)
        if not branch_ids:
            nearest = nearest_to(bare)
            hint = f"是否指“{labels[names[nearest][0]]}”？" if nearest else ""
            return ParsedCell(
                code="branch.unknown",
                reason=f"没有名为“{text.strip()[:_MAX_SHOWN_TEXT]}”的单位",
                suggestion=f"{hint}请填写规范的单位名称或行政区划代码。",
            )
        if len(branch_ids) > 1:
            candidates = "、".join(labels[one] for one in branch_ids)
            return ParsedCell(
                code="branch.ambiguous",
                reason=f"“{text.strip()}”可能指{candidates}",
                suggestion="请写全称。",
            )
        if branch_ids[0] not in own:
            return ParsedCell(
                code="branch.outside",
                reason=f"{labels[branch_ids[0]]}不在填报单位的管辖范围内",
                suggestion="请只填本单位及下级单位的数据。",
            )
        return ParsedCell(branch_ids[0])

    return parse


def resolve_by_level(column: ParsedColumn, context: ImportContext) -> ParsedColumn:
    """Read 大理 among prefectures as the prefecture, among counties as the county.

    Only where all other names of the column are of one level. The cell keeps a notice.
    """
    branch_ids = {int(branch_id) for branch_id in column.values.drop_nulls().unique()}
    levels = {context.branch_levels.get(branch_id) for branch_id in branch_ids}
    if len(branch_ids) < _MIN_BRANCHES or len(levels) != 1:
        return column
    level = levels.pop()
    values = column.values.clone()
    problems = []
    for problem in column.problems:
        branch_id = _branch_of_level(problem, level, context)
        if branch_id is None:
            problems.append(problem)
            continue
        values[problem.position] = branch_id
        label = context.branch_labels[branch_id]
        reason = f"“{problem.text.strip()}”与同栏其他单位同级，读作{label}"
        cell = ParsedCell(branch_id, "branch.by_level", reason, "不是的请写全称。")
        problems.append(problem._replace(cell=cell))
    return ParsedColumn(values, problems)


def _branch_of_level(problem: CellProblem, level: str | None, context: ImportContext) -> int | None:
    """Return the only branch of the level that an ambiguous name may mean."""
    if problem.cell.code != "branch.ambiguous":
        return None
    candidates: Iterable[int] = context.branch_names.get(normalize_text(problem.text).upper(), ())
    of_level = [one for one in candidates if context.branch_levels.get(one) == level]
    if len(of_level) != 1 or of_level[0] not in context.own_subtree:
        return None
    return of_level[0]


def _match_branches(text: str, names: IdsByName) -> tuple[str, tuple[int, ...]]:
    """Return the normalised name, and the branches it may mean.

    大理州红十字会本级 and 开远市红会 are listed as 大理州本级 and 开远市. Of
    昆明市五华区红十字会 the last known name decides.
    """
    bare = normalize_text(text).upper()
    if bare not in names:
        bare = bare.replace(_SOCIETY, "").removesuffix(_SHORT_SOCIETY) or bare
    branch_ids = names.get(bare, ())
    return bare, branch_ids or _match_last_part(bare, names) or _match_address(bare, names)


def _match_address(bare: str, names: IdsByName) -> tuple[int, ...]:
    """Return the county at the beginning of an address: 楚雄州双柏县妥甸镇.

    The rest of the address may not contain another county or city, known or not.
    """
    ends = [
        match.end()
        for match in _LEVEL_CHARACTER.finditer(bare)
        if _TOWNSHIP.fullmatch(bare[match.end() :])
    ]
    for end in reversed(ends):
        branch_ids = names.get(bare[:end], ()) or _match_last_part(bare[:end], names)
        if branch_ids:
            return branch_ids
    return ()


def _match_last_part(bare: str, names: IdsByName) -> tuple[int, ...]:
    """Return the branch behind the name of a prefecture: 昆明市五华区."""
    parts = _PREFECTURE_AND_REST.match(bare)
    if parts is None or not names.get(parts[1], ()):
        return ()
    return names.get(parts[2], ())
