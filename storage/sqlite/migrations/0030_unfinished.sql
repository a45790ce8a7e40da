-- Updates by people who may be admins, from the moment they are stored until what they ask for is done: who is one,
-- Telegram is asked meanwhile. `body` is what is needed of the update. One without a lease is to be taken up again.
CREATE TABLE unfinished (
    update_id   INTEGER PRIMARY KEY,
    chat_id     BIGINT NOT NULL,
    user_id     BIGINT,
    body        TEXT NOT NULL,
    at          DOUBLE PRECISION NOT NULL,
    tries       INTEGER NOT NULL DEFAULT 0, -- how often it was taken up
    lease_token TEXT
);
CREATE INDEX unfinished_by_chat ON unfinished (chat_id, update_id);
CREATE INDEX unfinished_by_age ON unfinished (at);
