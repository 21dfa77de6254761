"""How numbers are written, where Django knows no way for the language."""
