-- Moments are seconds since the epoch.
CREATE TABLE chats (
    chat_id  BIGINT PRIMARY KEY,
    model    TEXT,
    language TEXT
);

CREATE TABLE transcripts (
    id         INTEGER PRIMARY KEY,
    cache_key  TEXT NOT NULL,
    body       TEXT NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL
);
CREATE INDEX transcripts_by_key ON transcripts (cache_key);
CREATE INDEX transcripts_by_expiry ON transcripts (expires_at);

CREATE TABLE jobs (
    id             INTEGER PRIMARY KEY AUTOINCREMENT, -- a button of a purged job must never mean another one
    from_chat_id   BIGINT NOT NULL, -- where the message was sent; never changes
    message_id     BIGINT NOT NULL,
    chat_id        BIGINT NOT NULL, -- where the answer goes; another chat once a group has become a supergroup
    thread_id      BIGINT,
    user_id        BIGINT,
    kind           TEXT NOT NULL,
    file_id        TEXT NOT NULL,
    claimed_bytes  BIGINT,
    model          TEXT NOT NULL,
    language       TEXT NOT NULL,
    cache_key      TEXT NOT NULL,
    state          TEXT NOT NULL DEFAULT 'queued',
    placeholder_id BIGINT,
    notice         TEXT NOT NULL DEFAULT '',
    slot           TEXT,
    waits          TEXT,
    posting        INTEGER NOT NULL DEFAULT 0,
    attempts       INTEGER NOT NULL DEFAULT 0,
    doubts         INTEGER NOT NULL DEFAULT 0,
    losses         INTEGER NOT NULL DEFAULT 0,
    claims         INTEGER NOT NULL DEFAULT 0,
    transcript_id  BIGINT REFERENCES transcripts (id) ON DELETE SET NULL,
    apology        TEXT,
    audio_seconds  DOUBLE PRECISION,
    created_at     DOUBLE PRECISION NOT NULL,
    submitted_at   DOUBLE PRECISION,
    ready_at       DOUBLE PRECISION,
    ended_at       DOUBLE PRECISION,
    next_at        DOUBLE PRECISION,
    lease_token    TEXT,
    UNIQUE (from_chat_id, message_id),
    CHECK (state IN ('queued', 'submitted', 'ready', 'delivered', 'failed', 'cancelled')),
    CHECK ((next_at IS NULL) = (state IN ('delivered', 'failed', 'cancelled'))),
    CHECK ((ended_at IS NULL) = (next_at IS NOT NULL)),
    CHECK (next_at IS NOT NULL OR lease_token IS NULL),
    CHECK (state <> 'ready' OR transcript_id IS NOT NULL OR apology IS NOT NULL),
    CHECK (slot IS NULL OR state IN ('queued', 'submitted')),
    CHECK (waits IS NULL OR (state = 'queued' AND slot IS NULL))
);
CREATE INDEX jobs_due ON jobs (next_at) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_by_key ON jobs (cache_key) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_in_slots ON jobs (slot) WHERE slot IS NOT NULL;
CREATE INDEX jobs_waiting ON jobs (waits, id) WHERE waits IS NOT NULL;
CREATE INDEX jobs_by_chat ON jobs (chat_id) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_by_transcript ON jobs (transcript_id) WHERE transcript_id IS NOT NULL;

CREATE TABLE generations (
    job_id        BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    part          INTEGER NOT NULL,
    generation_id TEXT NOT NULL,
    start         DOUBLE PRECISION NOT NULL,
    submitted_at  DOUBLE PRECISION NOT NULL,
    body          TEXT,
    PRIMARY KEY (job_id, part)
);

CREATE TABLE pages (
    job_id     BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    message_id BIGINT NOT NULL,
    PRIMARY KEY (job_id, number)
);

-- One row: the bot whose jobs these are, and a number that is written to prove that the database takes writes.
CREATE TABLE pulse (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    bot_id BIGINT,
    beats  BIGINT NOT NULL
);
INSERT INTO pulse VALUES (1, NULL, 0);
