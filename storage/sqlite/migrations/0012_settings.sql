-- What a chat chooses beside its model and its language; NULL where it leaves the choice to the operator.
ALTER TABLE chats ADD COLUMN mode TEXT CHECK (mode IN ('auto', 'ask', 'off'));
ALTER TABLE chats ADD COLUMN videos INTEGER CHECK (videos BETWEEN 0 AND 86400); -- seconds
ALTER TABLE chats ADD COLUMN answers TEXT CHECK (answers IN ('auto', 'text', 'file', 'fold'));
ALTER TABLE chats ADD COLUMN fold_from INTEGER CHECK (fold_from BETWEEN 1 AND 1000000); -- characters
ALTER TABLE chats ADD COLUMN quiet INTEGER CHECK (quiet IN (0, 1));
ALTER TABLE chats ADD COLUMN notify INTEGER CHECK (notify IN (0, 1));
ALTER TABLE chats ADD COLUMN interface TEXT CHECK (length(interface) BETWEEN 2 AND 35); -- a language tag
ALTER TABLE chats ADD COLUMN keep_days INTEGER CHECK (keep_days IN (0, 1, 7, 30));
