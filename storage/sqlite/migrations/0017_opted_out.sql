-- People whose recordings become no text in groups.
CREATE TABLE opted_out (
    user_id BIGINT PRIMARY KEY
);
