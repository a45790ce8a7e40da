-- A message may ask for the recording in another one, to which the answer replies.
ALTER TABLE jobs ADD COLUMN about BIGINT;
CREATE INDEX jobs_about ON jobs (from_chat_id, about) WHERE about IS NOT NULL;
