"""The named locks of transactions: each is a class and a number. PostgreSQL gives them back when a transaction ends."""

import zlib
from enum import IntEnum

TAKE = "SELECT pg_advisory_xact_lock($1, $2)"


class Lock(IntEnum):
    """What a lock is for. Other programs in the same database take other classes."""

    KEY = 86_830_001
    CHAT = 86_830_002
    FAMILY = 86_830_003
    SCHEMA = 86_830_004
    ENTRY = 86_830_005


def number_of(name: str) -> int:
    """Return a number of 32 bits with a sign. Two names that share one only wait for each other without need."""
    return zlib.crc32(name.encode("utf-8", "surrogatepass")) - 2**31


def taking(lock: Lock, number: int) -> str:
    """Return the statement that takes a lock with its numbers in it, to be sent together with others."""
    return f"SELECT pg_advisory_xact_lock({int(lock)}, {int(number)})"
