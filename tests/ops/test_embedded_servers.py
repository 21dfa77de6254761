"""The embedded servers, started for real in a copy of the project."""

import contextlib
import os
import shutil
import signal
import stat
import subprocess
import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import psycopg2
import pytest
import redis

PACKAGE = Path(__file__).parents[2] / "redcross"
# Characters that a shell, a URL or a configuration file would take for their own.
AWKWARD_FOLDER = "红十字 门户 #1 $HOME it's"


class Checkout:
    """A copy of the code that starts servers, in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("__init__.py", "embedded"):
            source, target = PACKAGE / part, folder / "redcross" / part
            target.parent.mkdir(parents=True, exist_ok=True)
            (shutil.copytree if source.is_dir() else shutil.copy)(source, target)

    def begin(self, word: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "redcross.embedded", word],
            cwd=self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, word: str) -> tuple[int, str, str]:
        process = self.begin(word)
        output, complained = process.communicate(timeout=120)
        return process.returncode, output, complained

    @property
    def urls(self) -> dict[str, str]:
        return dict(line.split("=", 1) for line in self.run("urls")[1].splitlines())

    @property
    def servers(self) -> Path:
        """Return the folder of both servers."""
        inside = self.folder / "var" / "servers"
        return inside if os.geteuid() else self.sockets.parent

    @property
    def sockets(self) -> Path:
        return Path(unquote(urlsplit(self.urls["DATABASE_URL"]).netloc.split("@")[1])[:-5])

    def ask(self, sql: str, role: str = "redcross_owner") -> list[tuple[object, ...]]:
        connection = psycopg2.connect(host=str(self.sockets), user=role, dbname="redcross")
        with contextlib.closing(connection), connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchall() if cursor.description else []

    def queue(self) -> redis.Redis:
        return redis.Redis.from_url(self.urls["REDIS_URL"])

    def pid(self, file: str) -> int:
        return int((self.servers / file).read_text().split()[0])


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    made = Checkout(tmp_path_factory.mktemp("checkout") / AWKWARD_FOLDER)
    yield made
    made.run("stop")
    for left in (made.servers, made.sockets):
        shutil.rmtree(left, ignore_errors=True)


@pytest.fixture
def running_checkout(checkout):
    assert checkout.run("start") == (0, "", "")
    return checkout


def test_embedded_processes_started_at_once_share_one_cluster(checkout):
    checkout.run("stop")
    shutil.rmtree(checkout.servers, ignore_errors=True)

    processes = [checkout.begin("start") for _ in range(4)]

    results = [(*process.communicate(timeout=120), process.returncode) for process in processes]

    assert results == [("", "", 0)] * 4
    assert checkout.ask("SELECT current_user") == [("redcross_owner",)]
    assert checkout.queue().ping()


def test_embedded_application_role_owns_nothing_and_owner_is_no_superuser(running_checkout):
    rights = running_checkout.ask(
        "SELECT rolname, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole"
        " FROM pg_roles WHERE rolname LIKE 'redcross%' ORDER BY rolname"
    )

    assert rights == [
        ("redcross_app", False, False, False, False),
        ("redcross_owner", False, False, True, False),
    ]
    with pytest.raises(psycopg2.errors.InsufficientPrivilege):
        running_checkout.ask("CREATE TABLE mine (n int)", role="redcross_app")
    assert running_checkout.ask("SET ROLE redcross_app; SELECT current_user") == [("redcross_app",)]


def test_embedded_socket_folder_is_closed_to_other_users(running_checkout):
    status = running_checkout.sockets.stat()

    assert stat.S_IMODE(status.st_mode) == 0o700
    assert running_checkout.ask("SHOW listen_addresses") == [("",)]


def test_embedded_database_sorts_by_code_point(running_checkout):
    in_order = running_checkout.ask(
        "SELECT n FROM (VALUES ('昆'), ('a'), ('Z'), ('保')) AS t(n) ORDER BY n"
    )

    assert in_order == [("Z",), ("a",), ("保",), ("昆",)]


def test_embedded_database_keeps_commits_after_a_power_cut(running_checkout):
    running_checkout.ask("CREATE TABLE IF NOT EXISTS kept (n int); INSERT INTO kept VALUES (1)")
    running_checkout.queue().set("kept", "yes")
    running_checkout.queue().execute_command("WAITAOF", 1, 0, 5000)
    os.kill(running_checkout.pid("postgres/postmaster.pid"), signal.SIGKILL)
    os.kill(running_checkout.pid("queue/valkey.pid"), signal.SIGKILL)

    result = running_checkout.run("start")

    assert result == (0, "", "")
    assert running_checkout.ask("SELECT n FROM kept") == [(1,)]
    assert running_checkout.queue().get("kept") == b"yes"


def test_embedded_start_ignores_a_reused_pid(running_checkout):
    running_checkout.run("stop")
    account = running_checkout.sockets.stat()
    with foreign_process(account.st_uid) as stranger:
        for file in ("postgres/postmaster.pid", "queue/valkey.pid"):
            write_as(account, running_checkout.servers / file, f"{stranger.pid}\nready\n")
        write_as(account, running_checkout.sockets / ".s.PGSQL.5432.lock", f"{stranger.pid}\n")

        before = running_checkout.run("status")[1]
        result = running_checkout.run("start")

        assert before == "PostgreSQL：未运行\nValkey：未运行\n"
        assert result == (0, "", "")
        assert running_checkout.run("status")[1] == "PostgreSQL：运行中\nValkey：运行中\n"
        assert stranger.poll() is None


def test_embedded_start_recreates_a_half_made_cluster(running_checkout):
    running_checkout.run("stop")
    shutil.rmtree(running_checkout.servers / "postgres")
    half = running_checkout.servers / "postgres.making"
    half.mkdir()
    (half / "PG_VERSION").write_text("18\n")

    result = running_checkout.run("start")

    assert result == (0, "", "")
    assert running_checkout.ask("SELECT count(*) FROM pg_tables WHERE tablename = 'kept'") == [(0,)]


def test_embedded_stop_twice_succeeds(running_checkout):
    first, second = running_checkout.run("stop"), running_checkout.run("stop")

    assert first == (0, "PostgreSQL 已停止。\nValkey 已停止。\n", "")
    assert second == (0, "", "")


def test_embedded_start_in_a_folder_of_another_layout_is_refused(running_checkout, tmp_path):
    running_checkout.run("stop")
    planted = running_checkout.servers
    original = planted.rename(planted.with_name(planted.name + ".kept"))
    planted.symlink_to(tmp_path)
    try:
        code, output, complained = running_checkout.run("start")
    finally:
        planted.unlink()
        original.rename(planted)

    assert (code, output) == (1, "")
    assert complained == f"{planted} 不是本用户建立的目录，请查明来源、删除后重试。\n"
    assert list(tmp_path.iterdir()) == []


def test_embedded_command_with_unknown_word_is_a_usage_error(checkout):
    code, output, complained = checkout.run("dance")

    assert (code, output) == (64, "")
    assert complained == "usage: python -m redcross.embedded start|stop|status|urls|forget\n"


@contextlib.contextmanager
def foreign_process(uid):
    """Run an unrelated program as the account of the servers."""
    process = subprocess.Popen(["sleep", "300"], user=None if os.geteuid() else uid)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def write_as(account, path, text):
    path.write_text(text)
    if os.geteuid() == 0:
        os.chown(path, account.st_uid, account.st_gid)
    path.chmod(0o600)
