-- Works with programs of schema 1 or later.
-- The schema of SQLite's migrations 0001 to 0023, in the types of PostgreSQL. Moments are seconds since the epoch. What
-- is compared byte by byte is so in the indexes, too: they hold whatever becomes of the system's rules for sorting.
CREATE TABLE chats (
    chat_id      BIGINT PRIMARY KEY,
    model        TEXT,
    language     TEXT,
    full_told_at DOUBLE PRECISION,
    came_from    BIGINT,
    mode         TEXT CHECK (mode IN ('auto', 'ask', 'off')),
    videos       INTEGER CHECK (videos BETWEEN 0 AND 86400), -- seconds
    answers      TEXT CHECK (answers IN ('auto', 'text', 'file', 'fold')),
    fold_from    INTEGER CHECK (fold_from BETWEEN 1 AND 1000000), -- characters
    quiet        INTEGER CHECK (quiet IN (0, 1)),
    notify       INTEGER CHECK (notify IN (0, 1)),
    interface    TEXT CHECK (length(interface) BETWEEN 2 AND 35), -- a language tag
    keep_days    INTEGER CHECK (keep_days IN (0, 1, 7, 30))
);
CREATE INDEX chats_moved ON chats (chat_id, came_from) WHERE came_from IS NOT NULL;

CREATE TABLE transcripts (
    id         BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    cache_key  TEXT COLLATE "C" NOT NULL,
    body       TEXT NOT NULL,
    expires_at DOUBLE PRECISION NOT NULL,
    doubtful   INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX transcripts_by_key ON transcripts (cache_key);
CREATE INDEX transcripts_by_expiry ON transcripts (expires_at);

CREATE TABLE jobs (
    id               BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY, -- never given twice: buttons carry it
    from_chat_id     BIGINT NOT NULL, -- where the message was sent; never changes
    message_id       BIGINT NOT NULL,
    chat_id          BIGINT NOT NULL, -- where the answer goes; another chat once a group has become a supergroup
    thread_id        BIGINT,
    direct_topic_id  BIGINT,
    user_id          BIGINT,
    kind             TEXT NOT NULL,
    file_id          TEXT NOT NULL,
    claimed_bytes    BIGINT,
    model            TEXT NOT NULL,
    options          TEXT NOT NULL,
    cache_key        TEXT COLLATE "C" NOT NULL,
    post             TEXT COLLATE "C",
    twin             TEXT,
    must_sniff       INTEGER NOT NULL DEFAULT 0,
    interface        TEXT,
    speaks           TEXT,
    about            BIGINT,
    answers          TEXT CHECK (answers IN ('auto', 'text', 'file', 'fold')),
    fold_from        INTEGER CHECK (fold_from BETWEEN 1 AND 1000000),
    reacts           INTEGER NOT NULL DEFAULT 0 CHECK (reacts IN (0, 1)),
    rings_at         DOUBLE PRECISION,
    state            TEXT COLLATE "C" NOT NULL DEFAULT 'queued',
    placeholder_id   BIGINT,
    notice           TEXT NOT NULL DEFAULT '',
    form             TEXT NOT NULL DEFAULT '',
    leftover_id      BIGINT,
    leftover_chat_id BIGINT,
    slot             TEXT COLLATE "C",
    waiting_for      TEXT COLLATE "C",
    woken            INTEGER NOT NULL DEFAULT 0,
    create_started   INTEGER NOT NULL DEFAULT 0,
    attempts         INTEGER NOT NULL DEFAULT 0,
    tried_seconds    DOUBLE PRECISION NOT NULL DEFAULT 0,
    creates_in_doubt INTEGER NOT NULL DEFAULT 0,
    generations_lost INTEGER NOT NULL DEFAULT 0,
    interrupted      INTEGER NOT NULL DEFAULT 0,
    deaths           INTEGER NOT NULL DEFAULT 0,
    handling         INTEGER NOT NULL DEFAULT 0,
    refused          INTEGER NOT NULL DEFAULT 0,
    reserved         DOUBLE PRECISION NOT NULL DEFAULT 0,
    reserved_on      INTEGER NOT NULL DEFAULT 0,
    transcript_id    BIGINT REFERENCES transcripts (id) ON DELETE SET NULL,
    doubtful         INTEGER NOT NULL DEFAULT 0,
    apology          TEXT,
    audio_seconds    DOUBLE PRECISION,
    forgotten        INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),
    created_at       DOUBLE PRECISION NOT NULL,
    turn             DOUBLE PRECISION NOT NULL DEFAULT 0,
    claimed_at       DOUBLE PRECISION,
    submitted_at     DOUBLE PRECISION,
    ready_at         DOUBLE PRECISION,
    ended_at         DOUBLE PRECISION,
    next_at          DOUBLE PRECISION,
    lined_up         INTEGER NOT NULL DEFAULT 0,
    lease_token      TEXT COLLATE "C",
    UNIQUE (from_chat_id, message_id),
    CHECK (state IN ('queued', 'submitted', 'ready', 'delivered', 'failed', 'cancelled')),
    CHECK ((next_at IS NULL) = (state IN ('delivered', 'failed', 'cancelled'))),
    CHECK ((ended_at IS NULL) = (next_at IS NOT NULL)),
    CHECK (next_at IS NOT NULL OR lease_token IS NULL),
    CHECK (state <> 'ready' OR transcript_id IS NOT NULL OR apology IS NOT NULL),
    CHECK (slot IS NULL OR state IN ('queued', 'submitted')),
    CHECK (waiting_for IS NULL OR (state = 'queued' AND slot IS NULL)),
    CHECK (woken = 0 OR (state = 'queued' AND slot IS NULL)),
    CHECK (handling = 0 OR lease_token IS NOT NULL),
    CHECK (lined_up = 0 OR (next_at IS NOT NULL AND lease_token IS NULL)),
    CHECK (refused = 0 OR next_at IS NOT NULL)
) WITH (fillfactor = 85, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE INDEX jobs_due ON jobs (next_at, id) WHERE next_at IS NOT NULL AND lined_up = 0;
CREATE INDEX jobs_lined_up ON jobs (turn, id) WHERE lined_up = 1;
CREATE INDEX jobs_interrupted ON jobs (interrupted, next_at, id) WHERE interrupted > 0;
CREATE INDEX jobs_leased ON jobs (lease_token) WHERE lease_token IS NOT NULL;
CREATE INDEX jobs_by_key ON jobs (cache_key) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_in_slots ON jobs (slot, chat_id) WHERE slot IS NOT NULL;
CREATE INDEX jobs_waiting ON jobs (waiting_for, woken, turn, id) WHERE waiting_for IS NOT NULL;
CREATE INDEX jobs_at_provider ON jobs (submitted_at) WHERE state = 'submitted';
CREATE INDEX jobs_refused ON jobs (chat_id) WHERE refused = 1;
CREATE INDEX jobs_by_chat ON jobs (chat_id, turn) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_by_person ON jobs (user_id) WHERE next_at IS NOT NULL;
CREATE INDEX jobs_by_post ON jobs (post, id) WHERE post IS NOT NULL;
CREATE INDEX jobs_about ON jobs (from_chat_id, about) WHERE about IS NOT NULL;
CREATE INDEX jobs_by_transcript ON jobs (transcript_id) WHERE transcript_id IS NOT NULL;
CREATE INDEX jobs_ended ON jobs (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_without_text ON jobs (ended_at) WHERE ended_at IS NOT NULL AND transcript_id IS NULL;
CREATE INDEX jobs_of_chat ON jobs (chat_id, id) WHERE ended_at IS NOT NULL;
CREATE INDEX jobs_of_person ON jobs (user_id, id) WHERE ended_at IS NOT NULL;

CREATE TABLE generations (
    job_id        BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    part          INTEGER NOT NULL,
    generation_id TEXT NOT NULL,
    start         DOUBLE PRECISION NOT NULL,
    submitted_at  DOUBLE PRECISION NOT NULL,
    body          TEXT,
    unreadable    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (job_id, part)
) WITH (autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);

CREATE TABLE pages (
    job_id     BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    number     INTEGER NOT NULL,
    message_id BIGINT NOT NULL,
    PRIMARY KEY (job_id, number)
);

-- How many jobs without an answer there are in each state. Each connection counts in rows of its own, so that no
-- transaction waits for another one here; readers take the sum.
CREATE TABLE counts (
    state TEXT COLLATE "C" NOT NULL,
    shard INTEGER NOT NULL,
    n     BIGINT NOT NULL,
    PRIMARY KEY (state, shard)
) WITH (fillfactor = 20, autovacuum_vacuum_scale_factor = 0.02, autovacuum_vacuum_cost_delay = 0);
CREATE FUNCTION jobs_counted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    mine INTEGER := pg_backend_pid() % 256;
BEGIN
    INSERT INTO counts AS counted (state, shard, n)
        SELECT changed.state, mine, changed.n FROM (
            SELECT NEW.state AS state, 1 AS n WHERE TG_OP <> 'DELETE' AND NEW.next_at IS NOT NULL
            UNION ALL
            SELECT OLD.state, -1 WHERE TG_OP <> 'INSERT' AND OLD.next_at IS NOT NULL
        ) AS changed ORDER BY changed.state
        ON CONFLICT (state, shard) DO UPDATE SET n = counted.n + excluded.n;
    RETURN NULL;
END
$$;
CREATE TRIGGER jobs_count_new AFTER INSERT ON jobs FOR EACH ROW WHEN (NEW.next_at IS NOT NULL)
    EXECUTE FUNCTION jobs_counted();
CREATE TRIGGER jobs_count_moved AFTER UPDATE OF state ON jobs FOR EACH ROW WHEN (NEW.state <> OLD.state)
    EXECUTE FUNCTION jobs_counted();
CREATE TRIGGER jobs_count_gone AFTER DELETE ON jobs FOR EACH ROW WHEN (OLD.next_at IS NOT NULL)
    EXECUTE FUNCTION jobs_counted();

-- One row: the bot whose jobs these are, its owner, and what is known of the time.
CREATE TABLE pulse (
    id           INTEGER PRIMARY KEY CHECK (id = 1),
    bot_id       BIGINT,
    beats        BIGINT NOT NULL, -- a number that is written to prove that the database takes writes
    known_at     DOUBLE PRECISION,
    moved        DOUBLE PRECISION NOT NULL DEFAULT 0,
    left_out     DOUBLE PRECISION NOT NULL DEFAULT 0,
    keep_until   DOUBLE PRECISION NOT NULL DEFAULT 0,
    owner_id     BIGINT,
    owner_word   TEXT,
    owner_speaks TEXT
) WITH (fillfactor = 20);
INSERT INTO pulse (id, beats) VALUES (1, 0);

CREATE TABLE looks (
    model   TEXT NOT NULL,
    length  INTEGER NOT NULL,
    soonest DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (model, length)
);

CREATE TABLE guests (
    id BIGINT PRIMARY KEY
);
CREATE TABLE strangers (
    chat_id BIGINT PRIMARY KEY,
    told_at DOUBLE PRECISION NOT NULL
);
CREATE INDEX strangers_told ON strangers (told_at);

-- What a chat has had transcribed by a person on a day, counted from the epoch in UTC. Nobody is person 0.
CREATE TABLE usage (
    chat_id    BIGINT NOT NULL,
    day        INTEGER NOT NULL,
    user_id    BIGINT NOT NULL,
    seconds    DOUBLE PRECISION NOT NULL DEFAULT 0,
    recordings BIGINT NOT NULL DEFAULT 0,
    forgotten  INTEGER NOT NULL DEFAULT 0 CHECK (forgotten IN (0, 1)),
    PRIMARY KEY (chat_id, day, user_id)
) WITH (fillfactor = 80);
CREATE INDEX usage_of_people ON usage (user_id, day);
CREATE INDEX usage_of_days ON usage (day);
CREATE INDEX usage_forgotten ON usage (day) WHERE forgotten = 1;

CREATE TABLE arrivals (
    kind TEXT COLLATE "C" NOT NULL,
    id   BIGINT NOT NULL,
    at   DOUBLE PRECISION NOT NULL
);
CREATE INDEX arrivals_of ON arrivals (kind, id, at);
CREATE INDEX arrivals_at ON arrivals (at);

CREATE TABLE troubles (
    kind          TEXT PRIMARY KEY,
    is_known      INTEGER NOT NULL,
    began_told_at DOUBLE PRECISION,
    ended_told_at DOUBLE PRECISION
);

CREATE TABLE memberships (
    chat_id       BIGINT PRIMARY KEY,
    present       INTEGER NOT NULL,
    may_write     INTEGER NOT NULL,
    admin         INTEGER NOT NULL,
    sees          INTEGER NOT NULL,
    told          INTEGER, -- of `sees`, what the chat has been told
    saying        TEXT NOT NULL DEFAULT '' CHECK (saying IN ('', 'introduction', 'sight')),
    begun         INTEGER NOT NULL DEFAULT 0 CHECK (begun = 0 OR saying <> ''), -- it is being said
    introduced_at DOUBLE PRECISION,
    interface     TEXT
);
CREATE INDEX memberships_unsaid ON memberships (chat_id) WHERE saying <> '';
CREATE INDEX memberships_absent ON memberships (chat_id) WHERE present = 0;

CREATE TABLE opted_out (
    user_id BIGINT PRIMARY KEY
);

CREATE TABLE told (
    chat_id BIGINT NOT NULL,
    what    TEXT NOT NULL,
    PRIMARY KEY (chat_id, what)
);

CREATE TABLE erasures (
    whose   BIGINT NOT NULL,
    kind    TEXT NOT NULL CHECK (kind IN ('texts', 'chat', 'person')),
    days    INTEGER,
    up_to   BIGINT NOT NULL,
    done_to BIGINT NOT NULL DEFAULT 0,
    PRIMARY KEY (whose, kind)
);
