-- The language of the person who has added the bot to a group, until it is the first one of the group.
ALTER TABLE memberships ADD COLUMN interface TEXT;
