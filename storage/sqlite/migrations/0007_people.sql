-- In the direct messages of a channel each person has a topic.
ALTER TABLE jobs ADD COLUMN direct_topic_id BIGINT;

-- A group that becomes a supergroup gets another id, and keeps its place on the list of allowed chats.
ALTER TABLE chats ADD COLUMN came_from BIGINT;
CREATE INDEX chats_moved ON chats (chat_id, came_from) WHERE came_from IS NOT NULL;

-- A post of a channel comes once more as an automatic forward in the group of the channel. `twin` is the one of the two
-- that came later, with all that a job of its own would need.
ALTER TABLE jobs ADD COLUMN post TEXT;
ALTER TABLE jobs ADD COLUMN twin TEXT;
CREATE INDEX jobs_by_post ON jobs (post, id) WHERE post IS NOT NULL;
