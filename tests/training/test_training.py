"""First-aid training: certificates only for those who passed, in uploads and in the database."""

import io

import docx
import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from redcross.accounts.choices import Role
from redcross.indicators.rollup import verify
from redcross.uploads.choices import UploadState
from redcross.uploads.workflow import revert
from tests.support.export_page import read_protected_file
from training.models import Enrolment, Trainee, TrainingClass

pytestmark = pytest.mark.django_db
ROSTER = "姓名 身份证号 培训日期 期次 理论成绩 操作成绩 是否合格 证书编号 发证日期"
PASSED = (
    "示例甲",
    "53010219900101001X",
    "2021-08-03",
    "第1期",
    92,
    "合格",
    "是",
    "YN0001",
    "2021-08-10",
)
FAILED = ("示例乙", "", "2021-08-03", "第1期", 41, "不合格", "否", "", "")


@pytest.fixture
def roster_upload(pipeline):
    return pipeline.effective("training.roster", ROSTER, PASSED, FAILED)


def test_roster_row_creates_person_class_and_enrolment(roster_upload):
    assert Trainee.objects.count() == 1  # without a number nobody can be distinguished from another
    assert TrainingClass.objects.get().number == "第1期"
    assert set(Enrolment.objects.values_list("name", "certificate_number")) == {
        ("示例甲", "YN0001"),
        ("示例乙", ""),
    }


def test_failed_trainee_with_certificate_number_is_an_error_at_the_cell(pipeline):
    row = (*FAILED[:7], "YN0002", "2021-08-10")

    upload = pipeline.checked("training.roster", ROSTER, row)

    assert upload.state == UploadState.HAS_ERRORS
    assert any("证书" in text for text in pipeline.messages(upload))


def test_database_refuses_certificate_number_for_failed_trainee(roster_upload):
    with (
        pytest.raises(IntegrityError, match="certificate_only_for_who_passed"),
        transaction.atomic(),
    ):
        Enrolment.objects.filter(name="示例乙").update(
            certificate_number="YN0003", issued_on="2021-08-10"
        )


def test_database_refuses_failing_a_trainee_with_certificate(roster_upload):
    with (
        pytest.raises(IntegrityError, match="certificate_only_for_who_passed"),
        transaction.atomic(),
    ):
        Enrolment.objects.filter(name="示例甲").update(result="FAILED")


def test_trained_people_counts_only_passed_trainees(roster_upload, value):
    assert value("training.first_aiders_trained") == 1
    assert value("training.classes") == 1
    assert value("training.pass_rate") == 50


def test_revoked_certificate_is_valid_until_its_revocation_day(roster_upload, value):
    assert value("training.valid_certificates", "2021-08") == 1

    Enrolment.objects.filter(name="示例甲").update(revoked_on="2021-10-08", reason="冒名")

    assert value("training.valid_certificates", "2021-09") == 1
    assert not value("training.valid_certificates", "2021-11")
    assert all(cell.different == 0 for cell in verify(using="default"))


def test_certificate_expires_after_the_course_validity(roster_upload):
    assert str(Enrolment.objects.get(name="示例甲").expires_on) == "2024-08-09"


def test_training_statistics_are_compared_with_rosters_not_added(pipeline, roster_upload, value):
    pipeline.effective(
        "training.statistics",
        "单位 救护员／期数 救护员／人数 普及／场次 普及／人次",
        ("昆明市", 1, 7, 0, 0),
        code="53",
        period="2021Q3",
    )

    assert value("training.first_aiders_trained", "2021Q3", "5301") == 1


def test_reverted_roster_restores_previous_figures(pipeline, roster_upload, value):
    revert.revert_upload(roster_upload.pk, user=pipeline.clerk, now=pipeline.now)

    assert not Enrolment.objects.exists()
    assert not value("training.first_aiders_trained")


# Pages --------------------------------------------------------------------------


def test_class_page_links_roster_to_certificates(pipeline, roster_upload, signed_in):
    client = signed_in(pipeline.reviewer)
    pk = TrainingClass.objects.get().pk

    page = client.get(reverse("class", args=[pk])).content.decode()
    document = client.get(reverse("class-certificates", args=[pk]))

    assert "示例甲" in page
    assert "合格率 50.0%" in page
    document = docx.Document(io.BytesIO(read_protected_file(client, document)))
    text = "\n".join(paragraph.text for paragraph in document.paragraphs)
    assert "证书编号：YN0001" in text
    assert "示例乙" not in text


@pytest.mark.parametrize(("role", "code"), [(Role.STATISTICIAN, "5329"), (Role.LEADER, "53")])
def test_class_page_is_404_for_unrelated_roles(roster_upload, signed_in, person, role, code):
    client = signed_in(person(role, code))

    assert client.get(reverse("class", args=[TrainingClass.objects.get().pk])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_class_list_query_count_is_constant(pipeline, signed_in, count, django_assert_num_queries):
    rows = [("示例甲", f"2021-08-0{at + 1}", f"第{at}期", "是") for at in range(count)]
    pipeline.effective("training.roster", "姓名 培训日期 期次 是否合格", *rows)
    client = signed_in(pipeline.clerk)

    client.get(reverse("classes"))  # what a process keeps is read before it is counted

    with django_assert_num_queries(16):
        response = client.get(reverse("classes"))

    assert response.context["page"].paginator.count == count


def test_certificate_check_page_is_closed_by_default(client, roster_upload):
    assert client.get("/check/YN0001/").status_code == 404


@pytest.fixture
def check_page_enabled(settings):
    settings.CERTIFICATE_CHECK = True
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}


def test_certificate_check_page_shows_masked_name_and_state_only(
    client, roster_upload, check_page_enabled
):
    page = client.get("/check/YN0001/").content.decode()

    assert "示*甲" in page
    assert "有效" in page
    assert "示例甲" not in page
    assert "5301021990" not in page


@pytest.mark.parametrize("number", ["YN9999", "' OR 1=1 --", "x" * 400])
def test_certificate_check_page_answers_unknown_and_malformed_numbers_alike(
    client, roster_upload, check_page_enabled, number
):
    response = client.get(f"/check/{number}/")

    assert response.status_code == 200
    assert "没有查到" in response.content.decode()


def test_certificate_check_page_above_rate_limit_is_refused(
    client, roster_upload, check_page_enabled
):
    answers = [client.get("/check/YN0001/", REMOTE_ADDR="192.0.2.7").status_code for _ in range(31)]

    assert answers[:30] == [200] * 30
    assert answers[30] == 429
