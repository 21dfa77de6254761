"""Readable descriptions of user agents: system and browser."""

# The first match counts: most user agents name several browsers.
_SYSTEMS = (
    ("Windows NT 6.1", "Windows 7"),
    ("Windows NT 10.0", "Windows 10 或 11"),
    ("Windows", "Windows"),
    ("OpenHarmony", "鸿蒙"),
    ("Android", "安卓"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)
_BROWSERS = (
    ("MicroMessenger/", "微信"),
    ("QQBrowser/", "QQ浏览器"),
    ("Edg/", "Edge"),
    ("Firefox/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("Safari/", "Safari"),
)


def describe_device(agent: str) -> str:
    """Return system and browser of a user agent; an unknown one is returned unchanged."""
    names = [
        next((name for mark, name in pairs if mark in agent), "") for pairs in (_SYSTEMS, _BROWSERS)
    ]
    return "，".join(filter(None, names)) or agent
