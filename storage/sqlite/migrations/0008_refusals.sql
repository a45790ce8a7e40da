-- What form an answer has where the usual one is refused, what message is left over, and which jobs wait for their chat.
ALTER TABLE jobs ADD COLUMN form TEXT NOT NULL DEFAULT '';
ALTER TABLE jobs ADD COLUMN leftover_id BIGINT;
ALTER TABLE jobs ADD COLUMN leftover_chat_id BIGINT;
ALTER TABLE jobs ADD COLUMN refused INTEGER NOT NULL DEFAULT 0 CHECK (refused = 0 OR next_at IS NOT NULL);
