"""Boards are declarations: a title and indicator keys, never coded one by one."""

import dataclasses

from redcross.discovery import Registry


@dataclasses.dataclass(frozen=True, slots=True)
class Block:
    """Key figures of one field of work on a board that covers several."""

    title: str
    cards: tuple[str, ...]
    board: str = ""
    """Key of the board with the details."""


@dataclasses.dataclass(frozen=True, slots=True)
class Board:
    """One page of figures: key figures, a map, a trend, a ranking, a table of branches."""

    key: str
    title: str
    cards: tuple[str, ...]
    main: str
    """The indicator of trend, ranking and the table's first column; it must be comparable."""
    columns: tuple[str, ...] = ()
    breakdowns: tuple[tuple[str, str], ...] = ()
    """(indicator, breakdown) of each table of composition."""
    blocks: tuple[Block, ...] = ()


registry: Registry[Board] = Registry("boards", module="boards")
"""Every board by its key, filled from the module `boards` of each app."""


def register(board: Board) -> Board:
    """Register a board; raise DuplicateKeyError where the key has another one."""
    return registry.put(board.key, board)
