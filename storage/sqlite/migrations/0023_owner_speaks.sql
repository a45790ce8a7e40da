-- The language that the owner has in Telegram: most of what the owner hears of answers no message.
ALTER TABLE pulse ADD COLUMN owner_speaks TEXT;
