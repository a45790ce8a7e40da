-- The language that is spoken with the chat of a job, stored with the job as its answer may come much later.
ALTER TABLE jobs ADD COLUMN interface TEXT;
