-- The language to speak with the sender of a job in private, where its chat refuses the answer.
ALTER TABLE jobs ADD COLUMN speaks TEXT;
