"""Clearing of this process's keys in Valkey: `cache.clear()` would delete everybody's."""

from django.conf import settings
from django.core.cache import cache


def clear_test_cache() -> None:
    """Delete the keys under this process's prefix."""
    client = cache._cache.get_client()
    for key in client.scan_iter(f"{settings.CACHES['default']['KEY_PREFIX']}:*", count=1000):
        client.delete(key)
