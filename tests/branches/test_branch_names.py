"""Resolution of written branch names, in the context of who wrote them."""

import pytest

from redcross.branches.models import Branch
from redcross.branches.naming import normalize_branch_name
from redcross.branches.services import find_branch, load_divisions
from redcross.branches.tree import get_tree

pytestmark = pytest.mark.django_db


def resolve_name(text, uploader):
    names = get_tree().resolve_names(Branch.objects.get(code=uploader))
    return {Branch.objects.get(pk=pk).code for pk in names.get(normalize_branch_name(text), ())}


def test_branch_divisions_have_16_prefectures_and_129_counties():
    assert [Branch.objects.at(level).count() for level in ("PROVINCE", "PREFECTURE", "COUNTY")] == [
        1, 16, 129,
    ]  # fmt: skip
    assert Branch.objects.under(Branch.objects.get(code="5301")).at("COUNTY").count() == 14


@pytest.mark.parametrize(
    ("text", "uploader", "codes"),
    [
        ("石林彝族自治县", "5301", {"530126"}), ("石林县", "5301", {"530126"}),
        ("路南县", "5301", {"530126"}), ("530126", "5301", {"530126"}),
        ("禄丰县", "5323", {"532302"}), ("532331", "5323", {"532302"}),
        ("五华区红十字会", "5301", {"530102"}), (" 五 华 区 ", "5301", {"530102"}),
        ("大理", "5329", {"532901"}), ("大理", "5301", {"5329", "532901"}),
        ("楚雄州", "5323", {"5323"}), ("本级", "5301", {"5301"}), ("昆明市本级", "53", {"5301"}),
        ("中甸县", "5334", {"533401"}), ("月球", "53", set()),
    ],
)  # fmt: skip
def test_branch_name_is_resolved_in_the_uploaders_context(text, uploader, codes):
    assert resolve_name(text, uploader) == codes


def test_branch_divisions_loaded_again_change_nothing():
    before = list(Branch.objects.order_by("pk").values())

    load_divisions()

    assert list(Branch.objects.order_by("pk").values()) == before


def test_branch_code_with_and_without_trailing_zeros_is_the_same():
    assert find_branch("530000") == find_branch("53")
    assert find_branch("5301X01").level == "UNIT"
    assert find_branch("999999") is None
