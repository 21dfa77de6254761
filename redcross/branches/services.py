"""Loading of the province's tree of branches from the data files, and look-up by code."""

import csv
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from redcross.branches.choices import AliasKind, Level
from redcross.branches.models import Branch, BranchAlias, Population

DATA = Path(__file__).parent / "data"
CENSUS_YEAR = 2020
CENSUS = "第七次全国人口普查公报"

FORMER_NAMES = {
    "530122": ("晋宁县", "530115"),
    "530421": ("江川县", "530403"),
    "530422": ("澄江县", "530481"),
    "530328": ("沾益县", "530303"),
    "530321": ("马龙县", "530304"),
    "530522": ("腾冲县", "530581"),
    "530630": ("水富县", "530681"),
    "532331": ("禄丰县", "532302"),
    "532526": ("弥勒县", "532504"),
    "532522": ("蒙自县", "532503"),
    "532621": ("文山县", "532601"),
    "533321": ("泸水县", "533301"),
    "533421": ("中甸县", "533401"),
    "533103": ("潞西市", "533103"),
    "532701": ("思茅市", "5308"),
}
"""Abolished code → the name still in use, and the current code."""

OTHER_NAMES = {
    "路南县": "530126",
    "宣威县": "530381",
    "思茅地区": "5308",
    "香格里拉县": "533401",
    "省红十字会": "53",
    "省会": "53",
    "全省本级": "53",
}

UNITS = {
    "53X01": "省直机关红十字会",
    "53X02": "高校红十字会",
    "53X03": "滇中新区红十字会",
    "5301X01": "昆明经开区红十字会",
    "5301X02": "昆明高新区红十字会",
    "5301X03": "滇池度假区红十字会",
    "5301X04": "阳宗海风景名胜区红十字会",
}
"""Code → name of reporting units without a GB code."""

_UNIT_PINYIN = {
    "53X01": "sheng zhi ji guan",
    "53X02": "gao xiao",
    "53X03": "dian zhong xin qu",
    "5301X01": "jing kai qu",
    "5301X02": "gao xin qu",
    "5301X03": "dian chi du jia qu",
    "5301X04": "yang zong hai",
}


def trim_code(code: str) -> str:
    """Return a six-digit division code without trailing zero pairs (530100 → 5301)."""
    while len(code) > 2 and code.endswith("00"):
        code = code[:-2]
    return code


def find_branch(text: str) -> Branch | None:
    """Return the branch of a code (530000, 53, 5301X01) or an unambiguous name."""
    code = text.strip().upper()
    if "X" not in code:
        code = trim_code(code)
    branch = Branch.objects.filter(code=code).first()
    if branch is not None:
        return branch
    named = Branch.objects.filter(
        Q(name=text) | Q(short_name=text) | Q(aliases__name=text)
    ).distinct()
    return named[0] if len(named) == 1 else None


@transaction.atomic
def load_divisions() -> int:
    """Insert or update branches, aliases and census figures; return the number of branches."""
    with (DATA / "divisions.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    saved: dict[str, Branch] = {}
    for position, row in enumerate(rows):
        code = trim_code(row["code"])
        saved[code] = _save_branch(
            code,
            name=row["name"],
            short_name=row["short_name"],
            bare_name=row["bare_name"],
            pinyin=row["pinyin"],
            level=row["level"].upper(),
            unit_type=row["unit_type"],
            parent=saved.get(trim_code(row["parent_code"])),
            position=position,
        )
        if row["population_2020"]:
            Population.objects.update_or_create(
                branch=saved[code],
                year=CENSUS_YEAR,
                defaults={"people": int(row["population_2020"]), "source": CENSUS},
            )
    for position, (code, name) in enumerate(UNITS.items(), start=len(rows)):
        short = name.removesuffix("红十字会")
        saved[code] = _save_branch(
            code,
            name=name,
            short_name=short,
            bare_name=short,
            pinyin=_UNIT_PINYIN[code],
            level=Level.UNIT,
            unit_type="非行政区",
            parent=saved[code.partition("X")[0]],
            position=position,
        )
    _load_aliases(saved)
    return len(saved)


def _save_branch(code: str, *, pinyin: str, **values: object) -> Branch:
    initials = "".join(word[0] for word in pinyin.split())
    branch, _ = Branch.objects.update_or_create(
        code=code, defaults={**values, "pinyin": pinyin, "initials": initials}
    )
    return branch


def _load_aliases(branches: dict[str, Branch]) -> None:
    wanted = [(OTHER_NAMES[name], name, AliasKind.FORMER_NAME) for name in OTHER_NAMES]
    for old_code, (name, code) in FORMER_NAMES.items():
        wanted.append((code, name, AliasKind.FORMER_NAME))
        if old_code != code:
            wanted.append((code, old_code, AliasKind.FORMER_CODE))
    for code, name, kind in wanted:
        BranchAlias.objects.get_or_create(branch=branches[code], name=name, defaults={"kind": kind})
