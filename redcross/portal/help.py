"""Help topics, and which topic explains which page."""

TOPICS = {
    "start": "开始使用",
    "upload": "报送工作簿",
    "review": "审核",
    "progress": "报送进度与催报",
    "figures": "看数",
    "reports": "通报与报告",
    "records": "记录",
    "exports": "导出与密码",
    "keys": "快捷键",
}
_TOPIC_BY_PATH = (
    ("/uploads/review", "review"),
    ("/uploads/board", "progress"),
    ("/uploads/exemptions", "progress"),
    ("/uploads/locks", "progress"),
    ("/uploads", "upload"),
    ("/dashboards", "figures"),
    ("/figures", "figures"),
    ("/funds", "figures"),
    ("/reports", "reports"),
    ("/records", "records"),
    ("/exports", "exports"),
)


def find_topic(path: str) -> str:
    """Return the topic of the page at a path."""
    return next((topic for start, topic in _TOPIC_BY_PATH if path.startswith(start)), "start")
