-- What people ask to be done with an answer that is there, such as a file of it: once a job, a kind and a form. As in
-- `jobs`, `next_at` is due time, retry and lease expiry in one, and NULL once it is done.
CREATE TABLE errands (
    job_id      BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    kind        TEXT NOT NULL,
    what        TEXT NOT NULL,
    chat_id     BIGINT NOT NULL, -- where it was asked, or where the answer is if that is in private
    message_id  BIGINT,          -- one of the answer, in that chat
    asked_at    DOUBLE PRECISION NOT NULL,
    next_at     DOUBLE PRECISION,
    lease_token TEXT,
    attempts    INTEGER NOT NULL DEFAULT 0,
    doubts      INTEGER NOT NULL DEFAULT 0, -- sendings of which nobody knows whether they were carried out
    sent_id     BIGINT,          -- the message that came of it
    PRIMARY KEY (job_id, kind, what),
    CHECK (next_at IS NOT NULL OR lease_token IS NULL)
);
CREATE INDEX errands_due ON errands (next_at, job_id) WHERE next_at IS NOT NULL;

-- The job of a message: of its answer, of a page of that, or of a file of it.
CREATE INDEX jobs_shown ON jobs (chat_id, placeholder_id) WHERE ended_at IS NOT NULL AND placeholder_id IS NOT NULL;
CREATE INDEX jobs_shown_in_private ON jobs (user_id, placeholder_id) WHERE form = 'private';
CREATE INDEX pages_by_message ON pages (message_id);
CREATE INDEX errands_by_message ON errands (sent_id) WHERE sent_id IS NOT NULL;
