"""Rows turned into words."""

import sqlite3

from storage.words import Generation, Job, State


def job_of(row: sqlite3.Row) -> Job:
    """The columns of `jobs` carry the names of Job's fields, in the same order."""
    fields = dict(row)
    return Job(**{**fields, "state": State(fields["state"]), "posting": bool(fields["posting"])})


def generation_of(row: sqlite3.Row) -> Generation:
    return Generation(**dict(row))
