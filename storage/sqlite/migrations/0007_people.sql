-- In the direct messages of a channel each person has a topic.
ALTER TABLE jobs ADD COLUMN direct_topic_id BIGINT;
