"""Automatic reminders: by the table of stages, once each, one notice a person, despite failures."""

import datetime as dt
import threading

import pytest
from django.db import close_old_connections, connection

from redcross.accounts.choices import Role
from redcross.accounts.scope import acting_as_system
from redcross.branches.choices import Level
from redcross.branches.models import Branch
from redcross.completeness.choices import ObligationStatus
from redcross.completeness.models import DueRule, Exemption, Reminder, ReminderStage, Urging
from redcross.completeness.obligations.evaluate import list_obligations
from redcross.completeness.reminders import scheduled
from redcross.completeness.reminders.urging import send_urging
from redcross.notices.models import Notice
from redcross.periods import Period
from redcross.uploads.registry import registry
from redcross.uploads.schema.schedule import Due, Monthly
from redcross.uploads.workflow import services
from tests.support.gift_ledger import create_checked_upload, ledger_workbook

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
LEDGER = "donations.ledger"


def shanghai_time(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


@pytest.fixture
def only_ledger_due(db, monkeypatch):
    """Make the ledger of gifts the only due sheet, for prefectures, since February 2022."""
    for sheet in registry.values():
        due = [Due(Level.PREFECTURE, Monthly(day=8))] if sheet.key == LEDGER else []
        monkeypatch.setattr(type(sheet), "due", due)
    DueRule.objects.filter(sheet="").update(since=dt.date(2022, 2, 1))


@pytest.fixture
def ledger_due_for_counties(only_ledger_due, monkeypatch):
    """Make it due for counties too, three days earlier."""
    due = [Due(Level.COUNTY, Monthly(day=5)), Due(Level.PREFECTURE, Monthly(day=8))]
    monkeypatch.setattr(type(registry[LEDGER]), "due", due)


def notice_texts(user):
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("text", flat=True))


@pytest.mark.django_db
def test_reminder_stage_notifies_its_recipients_once_and_escalates(only_ledger_due, person):
    # February is due by the prefecture on Tuesday, 8 March 2022.
    clerk, reviewer = person(Role.STATISTICIAN, "5301"), person(Role.REVIEWER, "53")
    desk = person(Role.DESK, "53", domain="donations")
    stranger = person(Role.DESK, "53", domain="training")

    counts = []
    for day in ("03", "04", "04", "08", "09", "10", "11", "11"):
        scheduled.send_reminders(shanghai_time(f"2022-03-{day}T09:00"))
        counts.append(tuple(len(notice_texts(user)) for user in (clerk, reviewer, desk)))

    # Friday the 4th is two working days before; the reviewer and the desk hear of the
    # other prefectures too, but once a day.
    assert [count[0] for count in counts] == [0, 1, 1, 2, 3, 3, 4, 4]
    assert [count[1] for count in counts] == [0, 0, 0, 0, 1, 1, 2, 2]
    assert [count[2] for count in counts] == [0, 0, 0, 0, 0, 0, 1, 1]
    assert notice_texts(stranger) == []
    assert "3月8日截止" in notice_texts(clerk)[0]


@pytest.mark.django_db
def test_reminder_is_not_sent_on_a_holiday_and_only_latest_after_an_outage(only_ledger_due, person):
    clerk = person(Role.STATISTICIAN, "5301")

    scheduled.send_reminders(shanghai_time("2022-03-05T09:00"))  # a Saturday
    scheduled.send_reminders(shanghai_time("2022-03-11T09:00"))  # since Friday the 4th nothing ran

    assert len(notice_texts(clerk)) == 1
    assert notice_texts(clerk)[0].startswith("已逾期3个工作日")
    assert set(Reminder.objects.filter(user=clerk).values_list("offset", flat=True)) == {3}


@pytest.mark.django_db
def test_reminder_of_a_long_past_obligation_is_not_sent(only_ledger_due, person):
    clerk = person(Role.STATISTICIAN, "5301")

    scheduled.send_reminders(shanghai_time("2022-03-28T09:00"))

    assert notice_texts(clerk) == []


@pytest.mark.django_db
def test_reminder_is_not_sent_after_upload_or_exemption(
    ledger_due_for_counties, person, branch, reviewer
):
    kunming, qujing = person(Role.STATISTICIAN, "5301"), person(Role.STATISTICIAN, "5303")
    now = shanghai_time("2022-03-07T10:00")
    upload = create_checked_upload(
        kunming, branch("5301"), ledger_workbook(1, day="2022-02-08"), now=now, period="2022-02"
    )
    services.submit(upload.pk, user=kunming, now=now)
    Exemption.objects.create(
        branch=branch("5303"), first_month=dt.date(2022, 2, 1), last_month=dt.date(2022, 2, 1),
        with_below=True, reason="机构合并", granted_by=reviewer, granted_at=now,
    )  # fmt: skip

    scheduled.send_reminders(shanghai_time("2022-03-08T09:00"))

    # The counties of Kunming have nobody: their prefecture's clerk is reminded instead.
    assert all("昆明" not in text for text in notice_texts(kunming))
    assert notice_texts(qujing) == []


@pytest.mark.django_db
def test_reminder_combines_several_obligations_in_one_notice(ledger_due_for_counties, person):
    clerk = person(Role.STATISTICIAN, "5301")

    scheduled.send_reminders(shanghai_time("2022-03-08T09:00"))

    assert len(notice_texts(clerk)) == 1
    assert "已逾期1个工作日" in notice_texts(clerk)[0] or "今天截止" in notice_texts(clerk)[0]
    assert "等14家" in notice_texts(clerk)[0]
    assert Reminder.objects.filter(user=clerk).count() == 15


@pytest.mark.django_db
def test_reminder_stages_are_read_from_the_table(only_ledger_due, person):
    clerk = person(Role.STATISTICIAN, "5301")
    ReminderStage.objects.exclude(offset=0).delete()
    ReminderStage.objects.update(offset=-1, text="明天截止：{items}")

    scheduled.send_reminders(shanghai_time("2022-03-07T09:00"))

    assert notice_texts(clerk)[0].startswith("明天截止：")


@pytest.mark.django_db
def test_reminder_of_a_killed_worker_is_not_half_sent(only_ledger_due, person, monkeypatch):
    clerk = person(Role.STATISTICIAN, "5301")
    whole = scheduled.notify

    def dies(*args, **kwargs):
        whole(*args, **kwargs)
        raise KeyboardInterrupt

    monkeypatch.setattr(scheduled, "notify", dies)
    with pytest.raises(KeyboardInterrupt):
        scheduled.send_reminders(shanghai_time("2022-03-08T09:00"))
    assert not Reminder.objects.exists()
    assert notice_texts(clerk) == []

    monkeypatch.setattr(scheduled, "notify", whole)
    scheduled.send_reminders(shanghai_time("2022-03-08T09:15"))

    assert len(notice_texts(clerk)) == 1


@pytest.mark.django_db(transaction=True)
def test_concurrent_beats_send_each_reminder_once(transactional_db, only_ledger_due, person):
    clerk = person(Role.STATISTICIAN, "5301")
    start = threading.Barrier(2)

    def beat():
        try:
            with acting_as_system("提醒"):
                start.wait()
                scheduled.send_reminders(shanghai_time("2022-03-08T09:00"))
        finally:
            connection.close()
            close_old_connections()

    beats = [threading.Thread(target=beat) for _ in range(2)]
    for thread in beats:
        thread.start()
    for thread in beats:
        thread.join()

    assert len(notice_texts(clerk)) == 1


# 催报 -------------------------------------------------------------------------


@pytest.fixture
def late_obligations(branch):
    def of(code):
        items = list_obligations(
            [branch(code)], Period.parse("2022-02"), today=dt.date(2022, 3, 20)
        )
        assert {obligation.status for obligation in items} == {ObligationStatus.LATE}
        return items

    return of


@pytest.mark.django_db
def test_urge_notice_names_sender_and_recipients_and_is_limited_to_once_an_hour(
    only_ledger_due, person, reviewer, late_obligations
):
    clerk = person(Role.STATISTICIAN, "5301")
    now = shanghai_time("2022-03-20T09:00")

    first = send_urging(late_obligations("5301"), user=reviewer, now=now)
    again = send_urging(late_obligations("5301"), user=reviewer, now=now + dt.timedelta(minutes=59))
    later = send_urging(late_obligations("5301"), user=reviewer, now=now + dt.timedelta(minutes=60))

    assert (first.recipients, again.recipients, later.recipients) == (
        (str(clerk),),
        (),
        (str(clerk),),
    )
    assert again.already_urged == ("昆明市",)
    urging = Urging.objects.order_by("at").first()
    assert (urging.by, urging.recipients, str(urging.branch)) == (reviewer, [str(clerk)], "昆明市")


@pytest.mark.django_db
def test_urge_of_a_branch_without_a_clerk_says_so(only_ledger_due, reviewer, late_obligations):
    urged = send_urging(
        late_obligations("5301"), user=reviewer, now=shanghai_time("2022-03-20T09:00")
    )

    assert urged.branches_without_clerk == ("昆明市",)
    assert not Urging.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_concurrent_urges_write_one_notice(
    transactional_db, only_ledger_due, person, reviewer, late_obligations
):
    clerk = person(Role.STATISTICIAN, "5301")
    items = late_obligations("5301")
    start = threading.Barrier(2)

    def press():
        try:
            start.wait()
            with acting_as_system("催报"):
                send_urging(items, user=reviewer, now=shanghai_time("2022-03-20T09:00"))
        finally:
            connection.close()

    pressed = [threading.Thread(target=press) for _ in range(2)]
    for thread in pressed:
        thread.start()
    for thread in pressed:
        thread.join()

    assert len(notice_texts(clerk)) == 1
    assert Branch.objects.filter(pk__in=Urging.objects.values("branch")).count() == 1
