"""Rows turned into words. Every statement names the columns it reads, so that a new column breaks none."""

from dataclasses import fields

from storage.statements.encoding import decode_apology, decode_notice, decode_options, decode_transcript
from storage.statements.transaction import Row
from storage.words import Generation, Job, State

# The columns carry the names of Job's fields.
_NAMES = tuple(each.name for each in fields(Job))
JOB_COLUMNS = ", ".join(_NAMES)
GENERATION_COLUMNS = "part, generation_id, start, submitted_at, body"


def job_of(row: Row) -> Job:
    stored = {name: row[name] for name in _NAMES}
    apology = stored["apology"]
    return Job(
        **stored
        | {
            "options": decode_options(stored["options"]),
            "state": State(stored["state"]),
            "notice": decode_notice(stored["notice"]),
            "woken": bool(stored["woken"]),
            "create_started": bool(stored["create_started"]),
            "apology": None if apology is None else decode_apology(apology),
        }
    )


def generation_of(row: Row) -> Generation:
    body = row["body"]
    return Generation(
        part=row["part"],
        generation_id=row["generation_id"],
        start=row["start"],
        submitted_at=row["submitted_at"],
        transcript=None if body is None else decode_transcript(body),
    )
