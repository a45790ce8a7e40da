-- Works with programs of schema 1 or later.
-- What stands for the address and the secret of the webhook that was set last: Telegram does not tell its secret.
ALTER TABLE pulse ADD COLUMN webhook TEXT;
