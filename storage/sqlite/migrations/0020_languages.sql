-- Whether it is doubtful which language was heard: of a transcript, and of a job that shows it.
ALTER TABLE transcripts ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
ALTER TABLE jobs ADD COLUMN doubtful INTEGER NOT NULL DEFAULT 0;
-- What a chat was told of models and languages, which it is told once.
CREATE TABLE told (
    chat_id BIGINT NOT NULL,
    what    TEXT NOT NULL,
    PRIMARY KEY (chat_id, what)
);
