"""Killed processes and concurrent acts: each upload is loaded once, whole, or not at all."""

import datetime as dt
import json
import os
import subprocess
import sys
import threading
import time
import warnings
import zlib

import pytest
from celery.exceptions import AlwaysEagerIgnored
from django.db import DatabaseError, close_old_connections, connection
from django.utils import timezone

from donations.models import Donation
from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.scope import acting_for
from redcross.accounts.services import grant_role
from redcross.branches.models import Branch
from redcross.errors import RefusedError
from redcross.indicators.rollup import verify
from redcross.uploads import tasks
from redcross.uploads.choices import PendingAction, UploadState
from redcross.uploads.models import Upload, UploadStep
from redcross.uploads.workflow import apply, check, pending_actions, progress, revert, services
from tests.support.cache import clear_test_cache
from tests.support.gift_ledger import create_checked_upload, create_effective_upload, create_upload
from tests.support.gift_ledger import ledger_workbook as plain_ledger

pytestmark = pytest.mark.django_db

UPSERT = "WITH written AS"
FINDINGS_STORED = 'UPDATE "uploads_upload" SET'


def after_heartbeat_timeout():
    """Return a time at which a heartbeat of now counts as stalled."""
    return timezone.now() + dt.timedelta(seconds=progress.STALLED_SECONDS + 1)


@pytest.fixture(autouse=True)
def _django_db_helper(committed_rows):
    """Replace pytest-django's fixture, which would wrap each test in a transaction."""


@pytest.fixture(scope="module", autouse=True)
def committed_rows(django_db_setup, django_db_blocker):
    """Let the tests of this module commit; delete their rows at its end.

    Emptying every table between them would take longer than they do.
    """
    with django_db_blocker.unblock():
        users = set(User.objects.values_list("pk", flat=True))
        clear_test_cache()
        yield
        clear_test_cache()
        Donation.objects.all().delete()
        Upload.objects.all().delete()
        User.objects.exclude(pk__in=users).delete()
        with connection.cursor() as cursor:
            events = (event._meta.db_table for event in Donation.pgh_event_models.values())
            cursor.execute(f"TRUNCATE pghistory_context, {', '.join(events)}")
        connection.close()


def reviewer_of(code="53"):
    return make_user(Role.REVIEWER, code)


def make_user(role, code):
    user = User.objects.create_user(f"killed{User.objects.count()}", display_name="示例")
    grant_role(user, role, Branch.objects.get(code=code))
    return user


@pytest.fixture(scope="module")
def prefectures(committed_rows):
    return iter(Branch.objects.filter(code__regex=r"^53\d\d$").order_by("code"))


@pytest.fixture
def prefecture(prefectures):
    """Return a prefecture that no other test of this module uses."""
    return next(prefectures)


@pytest.fixture
def clerk_and_reviewer(prefecture):
    return make_user(Role.STATISTICIAN, prefecture.code), reviewer_of()


@pytest.fixture
def unique_ledger(request):
    """Return a function that writes a ledger with tickets no other test has."""

    def write(*amounts, tickets=""):
        return plain_ledger(*amounts, tickets=f"{zlib.crc32(request.node.name.encode())}-{tickets}")

    return write


@pytest.fixture(scope="module")
def killed_process():
    """Start the process whose children are killed."""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "tests.uploads.support.killed_worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        yield process
        process.stdin.close()


@pytest.fixture
def run_and_kill(killed_process, settings):
    """Run a step in a process that is killed at a moment; fail where it survives."""

    def kill(verb, upload, *, user=None, **moment):
        order = {
            "verb": verb,
            "upload": upload.pk,
            "user": user and user.pk,
            "database": connection.settings_dict["NAME"],
            "media": str(settings.MEDIA_ROOT),
            **moment,
        }
        killed_process.stdin.write(json.dumps(order) + "\n")
        killed_process.stdin.flush()
        assert killed_process.stdout.readline() == "-9\n", moment

    return kill


def make_approved_upload(clerk, reviewer, branch, content, *, now):
    upload = create_checked_upload(clerk, branch, content, now=now)
    services.submit(upload.pk, user=clerk, now=now, note="说明")
    services.approve(upload.pk, user=reviewer, now=now)
    return upload


def loaded_values(*uploads):
    there = Donation.objects.filter(upload__in=[upload.pk for upload in uploads])
    return sorted(there.values_list("value", flat=True))


def rollup_differences():
    return [cell for cell in verify(using="default") if cell.different]


def test_check_killed_at_any_step_is_repeated_and_stores_findings_once(
    run_and_kill, clerk_and_reviewer, prefecture, unique_ledger, now
):
    moments = [
        *({"step": step} for step in ("read", "recognise", "check", "compare")),
        {"statement": FINDINGS_STORED},
        {"statement": FINDINGS_STORED, "after": True},
        {"statement": 'INSERT INTO "uploads_uploadstep"', "after": True},
    ]
    uploads = [
        create_upload(
            clerk_and_reviewer[0], prefecture, unique_ledger("六万", tickets=f"K{number}"), now=now
        )
        for number in range(len(moments))
    ]

    for upload, moment in zip(uploads, moments, strict=True):
        run_and_kill("check", upload, user=clerk_and_reviewer[0], **moment)
    swept = tasks.requeue_stalled_work(now=after_heartbeat_timeout())

    assert swept == [upload.pk for upload in uploads]
    states = Upload.objects.filter(pk__in=swept).values_list("state", "errors")
    assert list(states) == [(UploadState.HAS_ERRORS, 1)] * len(moments)
    assert [upload.findings.filter(severity="error").count() for upload in uploads] == [1] * len(
        moments
    )


def test_load_killed_at_any_step_is_completed_once_and_whole(
    run_and_kill, clerk_and_reviewer, prefecture, unique_ledger, now
):
    moments = [
        *({"step": step} for step in ("stage", "load")),
        {"statement": UPSERT},
        {"statement": UPSERT, "after": True},
        {"statement": FINDINGS_STORED, "after": True},
        {"statement": 'INSERT INTO "uploads_uploadstep"', "after": True},
    ]
    uploads = [
        make_approved_upload(
            *clerk_and_reviewer, prefecture, unique_ledger(10, 20, tickets=f"L{number}-"), now=now
        )
        for number in range(len(moments))
    ]

    for upload, moment in zip(uploads, moments, strict=True):
        run_and_kill("load", upload, **moment)
    before = loaded_values(*uploads)
    swept = tasks.requeue_stalled_work(now=after_heartbeat_timeout())

    assert (before, swept) == ([], [upload.pk for upload in uploads])
    assert loaded_values(*uploads) == [10] * len(moments) + [20] * len(moments)
    states = Upload.objects.filter(pk__in=swept).values_list("state", flat=True)
    assert set(states) == {UploadState.EFFECTIVE}
    effected = UploadStep.objects.filter(upload__in=uploads, state=UploadState.EFFECTIVE)
    assert (effected.count(), rollup_differences()) == (len(moments), [])


def test_revert_and_restore_killed_at_any_step_are_completed_once_and_whole(
    run_and_kill, clerk_and_reviewer, prefecture, unique_ledger, now
):
    upload = create_effective_upload(
        *clerk_and_reviewer, prefecture, unique_ledger(10, 20), now=now
    )
    undoing = [
        {"statement": 'UPDATE "donations_donation"'},
        {"statement": 'DELETE FROM "donations_donation"', "after": True},
        {"statement": FINDINGS_STORED, "after": True},
    ]
    restoring = [
        {"statement": FINDINGS_STORED, "after": True},
        {"step": "load"},
        {"statement": UPSERT, "after": True},
    ]

    for moment in undoing:
        pending_actions.request_action(upload.pk, PendingAction.UNDO, user=clerk_and_reviewer[0])
        run_and_kill("undo", upload, user=clerk_and_reviewer[0], **moment)
        assert loaded_values(upload) == [10, 20]
        assert tasks.requeue_stalled_work(now=after_heartbeat_timeout()) == [upload.pk]
        upload.refresh_from_db()
        assert (upload.state, upload.pending_action, loaded_values(upload)) == (
            UploadState.UNDONE,
            "",
            [],
        )
        tasks.request_restore(upload, clerk_and_reviewer[0])
    for moment in restoring:
        tasks.request_revert(upload, clerk_and_reviewer[0])
        pending_actions.request_action(upload.pk, PendingAction.RESTORE, user=clerk_and_reviewer[0])
        run_and_kill("restore", upload, user=clerk_and_reviewer[0], **moment)
        assert loaded_values(upload) == []
        assert tasks.requeue_stalled_work(now=after_heartbeat_timeout()) == [upload.pk]

    upload.refresh_from_db()
    assert (upload.state, upload.pending_action, loaded_values(upload)) == (
        UploadState.EFFECTIVE,
        "",
        [10, 20],
    )
    assert (tasks.requeue_stalled_work(now=after_heartbeat_timeout()), rollup_differences()) == (
        [],
        [],
    )


def test_duplicate_task_message_is_processed_once(
    clerk_and_reviewer, prefecture, unique_ledger, now
):
    upload = create_effective_upload(*clerk_and_reviewer, prefecture, unique_ledger(10), now=now)
    pending_actions.request_action(upload.pk, PendingAction.UNDO, user=clerk_and_reviewer[0])
    tasks.execute_pending_action(upload_id=upload.pk)
    tasks.request_restore(upload, clerk_and_reviewer[0])

    tasks.execute_pending_action(upload_id=upload.pk)
    tasks.apply_upload(upload_id=upload.pk)
    tasks.check_upload(upload_id=upload.pk, user_id=clerk_and_reviewer[0].pk)

    upload.refresh_from_db()
    assert (upload.state, loaded_values(upload)) == (UploadState.EFFECTIVE, [10])


def test_impossible_pending_action_is_reported_and_removed(
    clerk_and_reviewer, prefecture, unique_ledger, now
):
    first = create_effective_upload(*clerk_and_reviewer, prefecture, unique_ledger(10), now=now)
    pending_actions.request_action(first.pk, PendingAction.UNDO, user=clerk_and_reviewer[0])
    create_effective_upload(*clerk_and_reviewer, prefecture, unique_ledger(11), now=now)

    pending_actions.execute_action(first.pk, now=now)

    first.refresh_from_db()
    assert (first.state, first.pending_action) == (UploadState.EFFECTIVE, "")
    assert "请先作废这些批次" in clerk_and_reviewer[0].notices.get().text


def run_concurrently(*acts):
    """Run acts at the same moment, each in its own thread; return each result or exception."""
    start = threading.Barrier(len(acts))
    results = [None] * len(acts)

    def run(number, act):
        close_old_connections()
        start.wait(20)
        try:
            results[number] = act()
        except (RefusedError, DatabaseError) as error:
            results[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number, act)) for number, act in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return results


def refusal_codes(results):
    return sorted(result.code for result in results if isinstance(result, RefusedError))


def approve_and_enqueue(upload, user, now):
    tasks.enqueue_apply(services.approve(upload.pk, user=user, now=now))


def test_concurrent_approvals_load_once(clerk_and_reviewer, prefecture, unique_ledger, now):
    upload = create_checked_upload(clerk_and_reviewer[0], prefecture, unique_ledger(10), now=now)
    services.submit(upload.pk, user=clerk_and_reviewer[0], now=now)
    other = reviewer_of()

    results = run_concurrently(
        *(
            lambda user=user: approve_and_enqueue(upload, user, now)
            for user in (clerk_and_reviewer[1], other)
        )
    )

    assert (refusal_codes(results), loaded_values(upload)) == (["upload.not_awaiting"], [10])
    assert UploadStep.objects.filter(upload=upload, state=UploadState.EFFECTIVE).count() == 1


def test_concurrent_approve_and_withdraw_exactly_one_succeeds(
    clerk_and_reviewer, prefecture, unique_ledger, now
):
    for number in range(4):
        upload = create_checked_upload(
            clerk_and_reviewer[0], prefecture, unique_ledger(10, tickets=f"W{number}"), now=now
        )
        services.submit(upload.pk, user=clerk_and_reviewer[0], now=now)

        results = run_concurrently(
            lambda upload=upload: services.withdraw(upload.pk, user=clerk_and_reviewer[0], now=now),
            lambda upload=upload: approve_and_enqueue(upload, clerk_and_reviewer[1], now),
        )

        upload.refresh_from_db()
        there = Donation.objects.filter(upload=upload).count()
        assert len(refusal_codes(results)) == 1
        assert (upload.state, there) in {(UploadState.WITHDRAWN, 0), (UploadState.EFFECTIVE, 1)}


def test_concurrent_uploads_of_the_same_file_create_one_upload(
    clerk_and_reviewer, prefecture, unique_ledger, now
):
    def hand_in():
        with acting_for(clerk_and_reviewer[0]):
            return create_upload(clerk_and_reviewer[0], prefecture, unique_ledger(10), now=now)

    results = run_concurrently(hand_in, hand_in, hand_in)

    assert refusal_codes(results) == ["upload.duplicate"] * 2
    [taken] = Upload.objects.filter(branch=prefecture)
    tasks.check_upload(upload_id=taken.pk, user_id=clerk_and_reviewer[0].pk)


def test_concurrent_workers_with_the_same_load_write_it_once(
    clerk_and_reviewer, prefecture, unique_ledger, now
):
    upload = make_approved_upload(*clerk_and_reviewer, prefecture, unique_ledger(10, 20), now=now)

    results = run_concurrently(*[lambda: apply.apply_upload(upload.pk, now=now)] * 3)

    assert sorted(result.inserted for result in results) == [0, 0, 2]
    assert (loaded_values(upload), rollup_differences()) == ([10, 20], [])


def test_concurrent_workers_with_the_same_check_store_findings_once(
    clerk_and_reviewer, prefecture, unique_ledger, now
):
    upload = create_upload(clerk_and_reviewer[0], prefecture, unique_ledger("六万"), now=now)

    run_concurrently(
        *[lambda: check.check_upload(upload.pk, user=clerk_and_reviewer[0], now=now)] * 2
    )

    upload.refresh_from_db()
    assert (upload.state, upload.findings.filter(severity="error").count()) == (
        UploadState.HAS_ERRORS,
        1,
    )


@pytest.fixture
def hold_branch_lock():
    """Hold a branch's lock, as a running load does, until released."""
    import psycopg2

    def hold(branch):
        parameters = connection.get_connection_params()
        wanted = {"dbname": parameters["dbname"], "user": parameters["user"]}
        more = {key: parameters[key] for key in ("host", "port", "password") if parameters.get(key)}
        other = psycopg2.connect(**wanted, **more)
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(530000, %s)", [branch.pk])
        return other

    return hold


def wait_for_lock(count=1):
    """Wait until another session of this database waits for an advisory lock."""
    for _ in range(1500):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT array_agg(pid) FROM pg_stat_activity WHERE datname = current_database()"
                " AND wait_event_type = 'Lock' AND wait_event = 'advisory'"
            )
            waiting = cursor.fetchone()[0] or []
        if len(waiting) >= count:
            return waiting
        time.sleep(0.02)
    raise AssertionError


def test_revert_during_a_later_load_does_not_remove_its_base(
    clerk_and_reviewer, prefecture, unique_ledger, hold_branch_lock, now
):
    first = create_effective_upload(*clerk_and_reviewer, prefecture, unique_ledger(10), now=now)
    second = make_approved_upload(*clerk_and_reviewer, prefecture, unique_ledger(12), now=now)
    lock_holder = hold_branch_lock(prefecture)
    results = []

    def first_load_then_undo():
        loading = threading.Thread(
            target=lambda: results.extend(
                run_concurrently(lambda: apply.apply_upload(second.pk, now=now))
            )
        )
        loading.start()
        wait_for_lock(1)
        undoing = threading.Thread(
            target=lambda: results.extend(
                run_concurrently(
                    lambda: revert.revert_upload(first.pk, user=clerk_and_reviewer[0], now=now)
                )
            )
        )
        undoing.start()
        wait_for_lock(2)
        lock_holder.rollback()
        loading.join(60)
        undoing.join(60)

    first_load_then_undo()

    assert refusal_codes(results) == ["upload.stood_on"]
    assert (loaded_values(first, second), rollup_differences()) == ([12], [])
    lock_holder.close()


def test_load_with_lost_database_connection_is_completed_later_once(
    clerk_and_reviewer, prefecture, unique_ledger, hold_branch_lock, now
):
    upload = make_approved_upload(*clerk_and_reviewer, prefecture, unique_ledger(10, 20), now=now)
    lock_holder = hold_branch_lock(prefecture)
    errors = []
    loading = threading.Thread(
        target=lambda: errors.extend(
            run_concurrently(lambda: apply.apply_upload(upload.pk, now=now))
        )
    )
    loading.start()
    waiting = wait_for_lock()

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(pid) FROM unnest(%s) AS pid", [waiting])
    loading.join(60)
    lock_holder.close()

    upload.refresh_from_db()
    assert [type(error).__name__ for error in errors] == ["OperationalError"]
    assert (upload.state, loaded_values(upload)) == (UploadState.LOADING, [])
    assert tasks.requeue_stalled_work(now=after_heartbeat_timeout()) == [upload.pk]
    upload.refresh_from_db()
    assert (upload.state, loaded_values(upload)) == (UploadState.EFFECTIVE, [10, 20])


@pytest.fixture
def celery_worker(tmp_path, settings):
    """Start a Celery worker on a queue of its own; killed at the end."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "TESTED_DATABASE": connection.settings_dict["NAME"],
        "TESTED_MEDIA": str(settings.MEDIA_ROOT),
        "TESTED_QUEUE": f"killed-{os.getpid()}",
    }
    with (tmp_path / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [
                *(
                    sys.executable,
                    "-W",
                    "ignore",
                    "-m",
                    "celery",
                    "-A",
                    "tests.uploads.support.celery_worker",
                ),
                *("worker", "--concurrency", "1", "--loglevel", "WARNING", "--without-gossip"),
                *("-Q", environment["TESTED_QUEUE"]),
            ],
            env=environment,
            start_new_session=True,
            stdout=log,
            stderr=log,
        )
        yield process, environment["TESTED_QUEUE"]
        if process.poll() is None:
            os.killpg(process.pid, 9)
        process.wait(30)


def child_pids(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as file:  # noqa: PTH123  no real file
        return [int(pid) for pid in file.read().split()]


def test_load_of_a_killed_worker_is_completed_by_its_successor(
    celery_worker, clerk_and_reviewer, prefecture, unique_ledger, hold_branch_lock, now
):
    process, queue = celery_worker
    first, second = (
        make_approved_upload(
            *clerk_and_reviewer, prefecture, unique_ledger(10, tickets=name), now=now
        )
        for name in ("A", "B")
    )

    def send(upload):
        from redcross.celery import app

        with warnings.catch_warnings():
            # That tasks run in place else is what this test does without.
            warnings.simplefilter("ignore", AlwaysEagerIgnored)
            app.send_task("uploads.load", kwargs={"upload_id": upload.pk}, queue=queue)

    def is_finished(upload):
        for _ in range(1500):
            upload.refresh_from_db()
            if upload.state == UploadState.EFFECTIVE:
                return True
            time.sleep(0.02)
        return False

    lock_holder = hold_branch_lock(prefecture)
    send(first)
    wait_for_lock()
    for child in child_pids(process.pid):
        os.kill(child, 9)
    lock_holder.rollback()
    assert is_finished(first)

    lock_holder = hold_branch_lock(prefecture)
    send(second)
    wait_for_lock()
    os.killpg(process.pid, 9)
    lock_holder.close()
    assert tasks.requeue_stalled_work(now=after_heartbeat_timeout()) == [second.pk]

    second.refresh_from_db()
    assert (second.state, loaded_values(first, second), rollup_differences()) == (
        UploadState.EFFECTIVE,
        [10, 10],
        [],
    )
