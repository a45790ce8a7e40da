-- Works with programs of schema 2 or later.
-- What people call those who speak in the text of a job; an empty name is one that was taken away.
CREATE TABLE names (
    job_id  BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    speaker TEXT COLLATE "C" NOT NULL, -- as the provider calls them
    name    TEXT NOT NULL,
    PRIMARY KEY (job_id, speaker)
);

-- What they are called in later recordings of a chat, where somebody said so: those with a larger id than `since`.
CREATE TABLE chat_names (
    chat_id BIGINT NOT NULL,
    speaker TEXT COLLATE "C" NOT NULL,
    name    TEXT NOT NULL,
    since   BIGINT NOT NULL,
    PRIMARY KEY (chat_id, speaker)
);

-- The messages that ask who a speaker is.
CREATE TABLE questions (
    chat_id    BIGINT NOT NULL,
    message_id BIGINT NOT NULL,
    job_id     BIGINT NOT NULL REFERENCES jobs (id) ON DELETE CASCADE,
    speaker    TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (chat_id, message_id)
);
CREATE INDEX questions_by_job ON questions (job_id);
