-- Works with programs of schema 2 or later.
-- What a chat chooses of how its recordings are transcribed, and whether its texts show times; NULL where it leaves the
-- choice to the operator.
ALTER TABLE chats ADD COLUMN times INTEGER CHECK (times IN (0, 1));
ALTER TABLE chats ADD COLUMN speakers INTEGER CHECK (speakers IN (0, 1));
ALTER TABLE chats ADD COLUMN smart_format INTEGER CHECK (smart_format IN (0, 1));
ALTER TABLE chats ADD COLUMN fillers INTEGER CHECK (fillers IN (0, 1));
ALTER TABLE chats ADD COLUMN profanity_filter INTEGER CHECK (profanity_filter IN (0, 1));
ALTER TABLE chats ADD COLUMN numerals INTEGER CHECK (numerals IN (0, 1));
ALTER TABLE chats ADD COLUMN vocabulary TEXT CHECK (length(vocabulary) BETWEEN 1 AND 10000); -- words, a space between each
-- Whether the text of a job shows times, as its chat had chosen when it was accepted.
ALTER TABLE jobs ADD COLUMN times INTEGER;
