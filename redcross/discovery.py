"""Registries of what apps declare, filled from a module of a given name in each app."""

import contextlib
import functools
from collections.abc import Iterator, Mapping
from typing import Generic, TypeVar

from django.utils.module_loading import autodiscover_modules

T = TypeVar("T")

discover = functools.cache(autodiscover_modules)
"""Import the module of this name in every app that has one, once a process."""


class DuplicateKeyError(Exception):
    """Two declarations have the same key; raised at start-up, for the developer."""


class Registry(Mapping[str, T], Generic[T]):
    """Declarations by key, in the order in which they were added.

    `module` names the module of each app that is imported before the first reading; ""
    leaves that to the app's `ready`.
    """

    def __init__(self, what: str, *, module: str = "") -> None:
        self._what = what
        self._module = module
        self._items: dict[str, T] = {}

    def put(self, key: str, item: T) -> T:
        """Store a declaration; raise DuplicateKeyError where the key has another one."""
        if self._items.get(key, item) != item:
            message = f"two {self._what} are called {key}"
            raise DuplicateKeyError(message)
        self._items[key] = item
        return item

    @contextlib.contextmanager
    def replaced(self, key: str, item: T) -> Iterator[None]:
        """Let another declaration stand under a known key meanwhile, for tests."""
        known = self[key]
        self._items[key] = item
        try:
            yield
        finally:
            self._items[key] = known

    def _loaded(self) -> dict[str, T]:
        if self._module:
            discover(self._module)
        return self._items

    def __getitem__(self, key: str) -> T:
        return self._loaded()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._loaded())

    def __len__(self) -> int:
        return len(self._loaded())


class DeclarationList(Generic[T]):
    """Declarations without a key, in the order of the apps that add them.

    `module` names the module of each app that is imported before the first reading.
    """

    def __init__(self, *, module: str) -> None:
        self._module = module
        self._items: list[T] = []

    def add(self, item: T) -> T:
        """Append a declaration and return it, so that this serves as a decorator."""
        self._items.append(item)
        return item

    def __iter__(self) -> Iterator[T]:
        discover(self._module)
        return iter(self._items)
