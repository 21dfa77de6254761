"""Programs for developers; nothing of the portal imports them."""
