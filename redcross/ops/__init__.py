"""Operation of the portal: backups, keys, metrics, checks, migrations."""
