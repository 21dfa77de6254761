"""How many requests a second the home page answers, beside an empty signed-in page."""

import http.client
import statistics
from concurrent.futures import ThreadPoolExecutor

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from redcross.accounts.choices import Role
from redcross.accounts.models import User
from redcross.accounts.services import grant_role
from redcross.branches.models import Branch
from tools.bench.server import run_server, send_get
from tools.bench.timing import measure_seconds

_ROUNDS, _REQUESTS, _CLIENTS = 5, 120, 4
_EMPTY_PAGE = "/bench-empty/"
_READERS = (
    ("clerk", Role.STATISTICIAN, "530102"),
    ("reviewer", Role.REVIEWER, "5301"),
    ("leader", Role.LEADER, "53"),
)


def measure_home() -> dict[str, dict[str, float]]:
    """Return requests per second of both pages and their ratio, by kind of reader."""
    results = {}
    with run_server() as port:
        for name, role, code in _READERS:
            cookie = _sign_in(name, role, code)
            for path in ("/", _EMPTY_PAGE):  # fills caches of templates and connections
                _requests_per_second(port, path, cookie)
            rounds = [
                (
                    _requests_per_second(port, "/", cookie),
                    _requests_per_second(port, _EMPTY_PAGE, cookie),
                )
                for _ in range(_ROUNDS)
            ]
            home, empty = (statistics.median(speeds) for speeds in zip(*rounds, strict=True))
            results[name] = {
                "home_per_second": round(home, 1),
                "empty_per_second": round(empty, 1),
                "ratio": round(home / empty, 3),
            }
    return results


def _sign_in(name: str, role: Role, code: str) -> str:
    """Create a user with a role and a session; return the session's cookie."""
    user, _ = User.objects.get_or_create(
        username=f"bench-{name}", defaults={"display_name": f"示例（{name}）"}
    )
    grant_role(user, role, Branch.objects.get(code=code))
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return f"{settings.SESSION_COOKIE_NAME}={session.session_key}"


def _requests_per_second(port: int, path: str, cookie: str) -> float:
    def send_some(_: int) -> None:
        line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        for _ in range(_REQUESTS // _CLIENTS):
            send_get(line, path, cookie)
        line.close()

    with ThreadPoolExecutor(_CLIENTS) as clients:
        _, seconds = measure_seconds(lambda: list(clients.map(send_some, range(_CLIENTS))))
    return _REQUESTS / seconds
