"""A browser's own description in words: system and browser, as people know them."""

# The first that stands in the description counts: most claim to be several.
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
    """Return what a person would call it; an unknown description stays as it is."""
    names = [
        next((name for mark, name in pairs if mark in agent), "") for pairs in (_SYSTEMS, _BROWSERS)
    ]
    return "，".join(filter(None, names)) or agent
