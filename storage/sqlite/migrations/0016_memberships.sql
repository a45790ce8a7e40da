-- What the bot is in a chat: whether it is there, may write, and sees voice notes; what of that is still to be said.
CREATE TABLE memberships (
    chat_id       BIGINT PRIMARY KEY,
    present       INTEGER NOT NULL,
    may_write     INTEGER NOT NULL,
    admin         INTEGER NOT NULL,
    sees          INTEGER NOT NULL,
    told          INTEGER, -- of `sees`, what the chat has been told
    saying        TEXT NOT NULL DEFAULT '' CHECK (saying IN ('', 'introduction', 'sight')),
    begun         INTEGER NOT NULL DEFAULT 0 CHECK (begun = 0 OR saying <> ''), -- it is being said
    introduced_at DOUBLE PRECISION
);
CREATE INDEX memberships_unsaid ON memberships (chat_id) WHERE saying <> '';
CREATE INDEX memberships_absent ON memberships (chat_id) WHERE present = 0;
