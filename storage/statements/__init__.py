"""Every transaction of the store as SQL, without a database driver."""
