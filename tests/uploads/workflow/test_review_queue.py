"""The review queue: filters, the next upload, remarks on cells, concurrent decisions."""

import datetime as dt
import threading

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from redcross.accounts.choices import Role
from redcross.accounts.scope import acting_as_system
from redcross.errors import RefusedError
from redcross.people.account_actions import AccountAction
from redcross.people.choices import ActionVerb
from redcross.people.services import perform
from redcross.uploads.choices import UploadState
from redcross.uploads.models import Upload, UploadRemark, UploadStep
from redcross.uploads.workflow import revert, services
from redcross.uploads.workflow.queries import review_queue
from tests.support.gift_ledger import create_checked_upload, ledger_workbook


@pytest.fixture
def make_submitted_uploads(clerk, branch, now):
    """Return a function that creates submitted uploads: one is checked, the others are copies."""

    def make(count, code="5301"):
        first = create_checked_upload(
            clerk, branch(code), ledger_workbook(1, tickets=code), now=now
        )
        services.submit(first.pk, user=clerk, now=now)
        first.refresh_from_db()
        made = [first]
        for number in range(1, count):
            like = Upload.objects.get(pk=first.pk)
            like.pk, like.digest = None, f"{code}{number}"
            like.submitted_at = now + dt.timedelta(minutes=number)
            like.save()
            made.append(like)
        return made

    return make


@pytest.mark.django_db
@pytest.mark.parametrize("count", [1, 40])
def test_review_queue_query_count_is_constant_up_to_forty(
    make_submitted_uploads, reviewer, signed_in, count, django_assert_num_queries
):
    made = make_submitted_uploads(count)
    page = signed_in(reviewer)

    page.get(reverse("review"))  # what a process keeps is read before it is counted

    with django_assert_num_queries(16):
        response = page.get(reverse("review"))

    assert [upload.pk for upload in response.context["queue"]] == [upload.pk for upload in made]


@pytest.mark.django_db
def test_review_queue_filters_are_in_the_query_string(make_submitted_uploads, reviewer, signed_in):
    make_submitted_uploads(3)

    page = signed_in(reviewer)
    here = page.get(reverse("review"), {"place": "5301", "sheet": "donations.ledger"})
    nothing = page.get(reverse("review"), {"place": "5303"})

    assert len(here.context["queue"]) == 3
    assert nothing.context["queue"] == []
    assert "还有 3 份在等" in nothing.content.decode()


@pytest.mark.django_db
def test_review_decision_opens_the_next_upload_or_the_queue(
    make_submitted_uploads, reviewer, signed_in
):
    first, second = make_submitted_uploads(2)
    page = signed_in(reviewer)

    def send(upload, verb, **form):
        address = reverse("review-decide", kwargs={"pk": upload.pk, "verb": verb})
        return page.post(address, {"queue": "sheet=donations.ledger&place=", **form})

    onward = send(second, "return", remark="请核对")
    last = send(first, "return", remark="请核对")

    assert onward.url.startswith(reverse("upload", kwargs={"pk": first.pk}))
    assert "donations.ledger" in onward.url
    assert last.url.startswith(reverse("review"))


@pytest.mark.django_db
def test_review_remarks_on_several_cells_are_returned_together(
    make_submitted_uploads, reviewer, signed_in
):
    upload = make_submitted_uploads(1)[0]
    address = reverse("review-decide", kwargs={"pk": upload.pk, "verb": "return"})
    page = signed_in(reviewer)

    wrong = page.post(address, {"worksheet": "明细", "cell": "第三行", "said": "?"}, follow=True)
    assert "无法识别单元格" in wrong.content.decode()
    assert not UploadRemark.objects.exists()

    page.post(
        address,
        {
            "worksheet": ["明细", "明细"], "cell": ["c3、Ｃ4", "B3"], "said": ["金额不符", "名称不全"],
        },
    )  # fmt: skip

    remarks = list(UploadRemark.objects.order_by("pk").values_list("cell", "text"))
    assert remarks == [("C3", "金额不符"), ("C4", "金额不符"), ("B3", "名称不全")]
    upload.refresh_from_db()
    assert upload.state == UploadState.RETURNED


@pytest.mark.django_db
def test_review_queue_of_the_represented_reviewer_is_shown_to_the_deputy(
    make_submitted_uploads, reviewer, person
):
    make_submitted_uploads(2)
    deputy, chief = person(Role.STATISTICIAN, "530102"), person(Role.ADMINISTRATOR, "53")
    assert review_queue(deputy) == []

    until = timezone.localdate() + dt.timedelta(days=7)
    action = AccountAction(ActionVerb.STAND_IN, reviewer, receiver=deputy, ends_on=until)
    perform(action, by=chief, now=timezone.now())

    del deputy._current_roles
    assert len(review_queue(deputy)) == 2


def run_concurrently(*acts):
    """Run acts at the same moment, each on its own connection; return each result or message."""
    start, came = threading.Barrier(len(acts)), {}

    def run(at, act):
        try:
            start.wait()
            with acting_as_system("测试"):
                came[at] = act()
        except RefusedError as error:
            came[at] = str(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=act) for act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [came[at] for at in range(len(acts))]


@pytest.mark.django_db(transaction=True)
def test_concurrent_approval_second_reviewer_is_told_it_is_done(
    transactional_db, make_submitted_uploads, reviewer, person, now
):
    upload, other = make_submitted_uploads(1)[0], person(Role.DESK, "53")

    came = run_concurrently(
        *(
            lambda user=user: services.approve(upload.pk, user=user, now=now).state
            for user in (reviewer, other)
        )
    )

    assert min(came, key=len) == UploadState.LOADING
    assert "可能已被他人办理" in max(came, key=len)
    assert UploadStep.objects.filter(upload=upload, state=UploadState.LOADING).count() == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_withdraw_and_approve_leave_one_result(
    transactional_db, make_submitted_uploads, clerk, reviewer, now
):
    upload = make_submitted_uploads(1)[0]

    came = run_concurrently(
        lambda: services.approve(upload.pk, user=reviewer, now=now).state,
        lambda: services.withdraw(upload.pk, user=clerk, now=now).state,
    )

    upload.refresh_from_db()
    assert upload.state in (UploadState.LOADING, UploadState.WITHDRAWN)
    assert upload.state in came
    assert any(len(text) > len(UploadState.WITHDRAWN) for text in came)


@pytest.mark.django_db
def test_revert_of_a_non_effective_upload_is_refused_with_a_message(
    make_submitted_uploads, reviewer, now
):
    upload = make_submitted_uploads(1)[0]
    services.approve(upload.pk, user=reviewer, now=now)
    upload.refresh_from_db()

    with pytest.raises(RefusedError) as refused:
        revert.require_revertible(upload, reviewer)

    assert str(refused.value)
