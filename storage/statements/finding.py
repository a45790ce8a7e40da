"""Finding the job of a message: of its answer, of any page or file of that, or of the recording."""

from collections.abc import Sequence

from storage.statements.cancelling import SHOWN_IN
from storage.statements.rows import JOB_COLUMNS, job_of
from storage.statements.transaction import Row
from storage.words import Job

_IDS = "SELECT id FROM jobs WHERE"
_SHOWN = (
    f"{_IDS} chat_id = $1 AND form <> 'private' AND placeholder_id = $2 AND ended_at IS NOT NULL"
    f" UNION ALL {_IDS} chat_id = $1 AND form <> 'private' AND placeholder_id = $2 AND next_at IS NOT NULL"
    f" UNION ALL {_IDS} user_id = $1 AND form = 'private' AND placeholder_id = $2 AND ended_at IS NOT NULL"
    f" UNION ALL {_IDS} user_id = $1 AND form = 'private' AND placeholder_id = $2 AND next_at IS NOT NULL"
    " UNION ALL SELECT jobs.id FROM pages JOIN jobs ON jobs.id = job_id"
    f" WHERE pages.message_id = $2 AND {SHOWN_IN} = $1"
    " UNION ALL SELECT job_id FROM errands WHERE sent_id = $2 AND chat_id = $1"
)
_OF_RECORDING = f"{_IDS} from_chat_id = $1 AND message_id = $2 UNION ALL {_IDS} from_chat_id = $1 AND about = $2"
AT = f"SELECT {JOB_COLUMNS}, id IN ({_SHOWN}) AS is_shown FROM jobs WHERE id IN ({_SHOWN} UNION ALL {_OF_RECORDING})"


def job_at(found: Sequence[Row]) -> Job | None:
    """Choose from the answer to AT: what is shown in the message, else the newest text of the recording, else any."""
    jobs = [(bool(each["is_shown"]), job_of(each)) for each in found]
    best = max(jobs, key=lambda each: (each[0], each[1].is_text, each[1].id), default=None)
    return None if best is None else best[1]
