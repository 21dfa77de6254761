"""Boards are declared: a title and indicator keys, never coded one by one."""

import dataclasses
from collections.abc import Iterator, Mapping

from redcross.discovery import discover


class BoardError(Exception):
    """A board is declared wrongly; raised at start-up, for the developer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """Key figures of one field of work on a board that crosses them."""

    title: str
    cards: tuple[str, ...]
    board: str = ""
    """The board that tells more."""


@dataclasses.dataclass(frozen=True, slots=True)
class Board:
    """One page of figures: key figures, a map, a trend, a ranking, a table of branches."""

    key: str
    title: str
    cards: tuple[str, ...]
    main: str
    """The indicator of trend, ranking and the table's first column; it may be compared."""
    columns: tuple[str, ...] = ()
    breakdowns: tuple[tuple[str, str], ...] = ()
    """(indicator, breakdown) of each table of composition."""
    blocks: tuple[Block, ...] = ()


class BoardRegistry(Mapping[str, Board]):
    """Every board by its key, filled by `discover("boards")`."""

    def __init__(self) -> None:
        self._boards: dict[str, Board] = {}

    def add(self, board: Board) -> Board:
        """Register a board; a key used twice fails."""
        if board.key in self._boards and self._boards[board.key] != board:
            message = f"two boards are called {board.key}"
            raise BoardError(message)
        self._boards[board.key] = board
        return board

    def _all(self) -> dict[str, Board]:
        discover("boards")
        return self._boards

    def __getitem__(self, key: str) -> Board:
        return self._all()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())


registry = BoardRegistry()
register = registry.add
