"""The store on SQLite: its connection, its lock file and its migrations."""
