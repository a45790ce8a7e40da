-- What the chat of a job had chosen when the job was accepted.
ALTER TABLE jobs ADD COLUMN answers TEXT CHECK (answers IN ('auto', 'text', 'file', 'fold'));
ALTER TABLE jobs ADD COLUMN fold_from INTEGER CHECK (fold_from BETWEEN 1 AND 1000000); -- characters
ALTER TABLE jobs ADD COLUMN reacts INTEGER NOT NULL DEFAULT 0 CHECK (reacts IN (0, 1));
ALTER TABLE jobs ADD COLUMN rings_at DOUBLE PRECISION;
