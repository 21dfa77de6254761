"""The registered sheets by key; below models and schema, so that both may look a sheet up."""

from typing import TYPE_CHECKING

from redcross.discovery import DuplicateKeyError, Registry

if TYPE_CHECKING:
    from redcross.uploads.schema.sheet import Sheet


class SheetRegistry(Registry["Sheet"]):
    """Every sheet of the portal, filled by `autodiscover_modules("sheets")` at start-up."""

    def add(self, sheet: "type[Sheet]") -> "type[Sheet]":
        """Register a declaration (a class decorator); raise DuplicateKeyError."""
        if sheet.key in self._items and type(self._items[sheet.key]) is not sheet:
            message = f"two sheets are called {sheet.key}"
            raise DuplicateKeyError(message)
        self._items[sheet.key] = sheet()
        return sheet

    def in_menu_order(self) -> "list[Sheet]":
        """Return the sheets as a person chooses from them: what falls due first."""
        return sorted(self.values(), key=lambda sheet: (not sheet.due, sheet.key))


registry = SheetRegistry("sheets")
register = registry.add
