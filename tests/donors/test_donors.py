"""Stem cells, organs and blood: pseudonyms, donation cases and their rules."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from donors import models
from donors.models import DonationCase, DonorIdentity, OrganWish, StemCellVolunteer
from donors.pseudonyms import compute_check_character, is_donor_code
from redcross.accounts.choices import Role
from redcross.uploads.choices import UploadState

pytestmark = pytest.mark.django_db
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
CASE_HEADINGS = (
    "案例号 性别 年龄段 捐献类别 报告日期 书面同意日期 同意人 死亡判定日期 见证日期 见证人"
    " 器官获取日期 心 肝 肾 眼角膜 器官受者（人） 角膜受者（人） 受助家庭（个）"
)
CHILD_ROW = (
    "示例1", "女", "0-17岁", "脑死亡", "2021-08-05", "2021-08-06", "父母双方", "2021-08-06",
    "2021-08-06", "示例见证", "2021-08-07", 1, 1, 2, 2, 4, 2, 6,
)  # fmt: skip


def change_cells(row, **cells):
    values = list(row)
    for name, value in cells.items():
        values[CASE_HEADINGS.split().index(name)] = value
    return tuple(values)


# Codes --------------------------------------------------------------------------


def test_pseudonym_check_character_follows_iso_7064_mod_37_2():
    assert compute_check_character("G123489654321") == "Y"


@given(st.text(ALPHABET, min_size=11, max_size=11), st.data())
def test_pseudonym_with_one_wrong_character_is_refused(text, data):
    whole = text + compute_check_character(text)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from([letter for letter in ALPHABET if letter != text[at]]))

    assert is_donor_code(whole)
    assert not is_donor_code(whole[:at] + other + whole[at + 1 :])


@given(st.text(ALPHABET, min_size=11, max_size=11), st.data())
def test_pseudonym_with_two_swapped_characters_is_refused(text, data):
    whole = text + compute_check_character(text)
    at = data.draw(st.integers(0, len(text) - 2))
    swapped = whole[:at] + whole[at + 1] + whole[at] + whole[at + 2 :]

    assert swapped == whole or not is_donor_code(swapped)


# The vault ----------------------------------------------------------------------


def test_identity_vault_has_no_history_table():
    assert not getattr(DonorIdentity, "pgh_event_models", {})
    assert not getattr(models.Consent, "pgh_event_models", {})


def test_donor_and_recipient_models_have_no_relation():
    targets = {
        field.related_model.__name__
        for model in (DonationCase, DonorIdentity)
        for field in model._meta.get_fields()
        if field.is_relation and field.concrete and field.related_model
    }

    assert targets <= {"Branch", "Upload", "DonorIdentity"}


def test_volunteer_is_stored_by_pseudonym_and_named_in_the_vault_only(pipeline):
    pipeline.effective(
        "donors.stem_cell_volunteers",
        "姓名 身份证号 登记日期",
        ("示例甲", "53010219900101001X", "2021-08-08"),
    )

    volunteer = StemCellVolunteer.objects.get()
    assert is_donor_code(volunteer.code)
    assert not hasattr(volunteer, "name")
    assert DonorIdentity.objects.get(code=volunteer.code).name == "示例甲"


# Cases --------------------------------------------------------------------------


def test_donation_case_of_a_child_is_accepted_with_witnessed_facts(pipeline, value):
    pipeline.effective("donors.cases", CASE_HEADINGS, CHILD_ROW)

    case = DonationCase.objects.get()
    assert case.donated_organs == [("心", 1), ("肝", 1), ("肾", 2), ("眼角膜", 2)]
    assert (case.recipients, case.cornea_recipients, case.families_helped) == (4, 2, 6)
    assert value("donors.organ_donations") == 1
    assert value("donors.organ_recipients") == 6


def test_donation_case_without_cornea_count_has_none(pipeline, value):
    row = change_cells(
        CHILD_ROW, 案例号="示例2", 年龄段="18-44岁", 同意人="配偶、成年子女、父母", 眼角膜=""
    )

    pipeline.effective("donors.cases", CASE_HEADINGS, row)

    assert DonationCase.objects.get().corneas is None
    assert not value("donors.corneas")


@pytest.mark.parametrize(
    ("cells", "sentence"),
    [
        ({"死亡判定日期": "2021-08-09"}, "死亡判定"),
        ({"书面同意日期": "", "同意人": ""}, "书面同意"),
        ({"见证日期": "", "见证人": ""}, "见证"),
        ({"同意人": "配偶、成年子女、父母"}, "父母双方"),
    ],
)
def test_donation_case_rule_violations_are_upload_errors(pipeline, cells, sentence):
    upload = pipeline.checked("donors.cases", CASE_HEADINGS, change_cells(CHILD_ROW, **cells))

    assert upload.state == UploadState.HAS_ERRORS
    assert any(sentence in text for text in pipeline.messages(upload))


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"died_on": "2021-08-09"}, "case_recovery_after_death"),
        ({"consented_on": "2021-08-09"}, "case_recovery_with_consent_and_witness"),
        ({"witnessed_on": "2021-08-09"}, "case_recovery_with_consent_and_witness"),
        ({"died_on": None}, "case_recovery_is_whole"),
        ({"consented_on": None}, "case_recovery_is_whole"),
        ({"witnessed_on": None}, "case_recovery_is_whole"),
        ({"consent_by": "OTHER_RELATIVES"}, "case_child_with_both_parents"),
        ({"hearts": 2, "organs": 5}, "case_counts_are_possible"),
        ({"corneas": 3}, "case_counts_are_possible"),
        ({"organs": 9}, "case_organs_add_up"),
        ({"people_helped": 9}, "case_people_add_up"),
        ({"recovered_on": None}, "case_gives_after_recovery"),
    ],
)
def test_donation_case_rule_violations_are_refused_by_the_database(pipeline, change, rule):
    pipeline.effective("donors.cases", CASE_HEADINGS, CHILD_ROW)

    with pytest.raises(IntegrityError, match=f'"{rule}"'), transaction.atomic():
        DonationCase.objects.update(**change)


def test_organ_and_body_indicators_are_not_comparable():
    from redcross.indicators.declare.declaration import registry

    keys = [key for key in registry if "organ" in key or "bod" in key]
    comparable = [key for key in keys if key.startswith("donors.") and registry[key].comparable]
    assert "donors.organ_donations" in keys
    assert [key for key in comparable if "wish" not in key] == []


def test_withdrawn_registration_is_not_counted(pipeline, value):
    pipeline.effective(
        "donors.organ_wishes",
        "姓名 证件号 登记日期 登记渠道 器官",
        ("示例甲", "53010219900101001X", "2021-08-08", "线上", "是"),
    )
    assert value("donors.organ_wishes_standing", "2021-12") == 1

    OrganWish.objects.update(withdrawn_on="2021-09-30")

    assert value("donors.organ_wishes_standing", "2021-09") == 1
    assert not value("donors.organ_wishes_standing", "2021-10")
    assert value("donors.organ_wishes") == 1


# Pages --------------------------------------------------------------------------


@pytest.fixture
def case(pipeline):
    pipeline.effective("donors.cases", CASE_HEADINGS, CHILD_ROW)
    return DonationCase.objects.get()


def test_case_page_shows_a_timeline_with_the_next_step(case, signed_in, person):
    client = signed_in(person(Role.ORGAN_COORDINATOR, "5301"))

    page = client.get(reverse("case", args=[case.pk])).content.decode()

    assert "心1、肝1、肾2、眼角膜2" in page
    assert "4人重获生命" in page
    assert "报名登记</strong>" in page
    assert "下一环节" in page


@pytest.mark.parametrize(
    ("role", "code"), [(Role.LEADER, "53"), (Role.ORGAN_COORDINATOR, "5329"), (Role.FINANCE, "53")]
)
def test_case_page_is_404_for_unrelated_roles(case, signed_in, person, role, code):
    assert signed_in(person(role, code)).get(reverse("case", args=[case.pk])).status_code == 404


def test_stem_cell_figure_names_the_highest_year(pipeline, signed_in):
    for year in (2020, 2021):
        rows = [
            (f"{year}-08-0{day + 1}", "采集捐献", "通过", code)
            for day, code in enumerate(make_pseudonyms(year - 2018))
        ]
        pipeline.effective(
            "donors.stem_cell_steps", "日期 环节 结果 志愿者代码", *rows, period=f"{year}-08"
        )
    client = signed_in(pipeline.reviewer)

    years = client.get(reverse("stem-cells") + "?period=2021").context["years"]

    assert [(int(year.value), year.qualifier) for year in years] == [(2, ""), (3, "历史新高")]


def make_pseudonyms(count):
    numbers = [f"D{number:010}" for number in range(count)]
    return [text + compute_check_character(text) for text in numbers]
