-- Works with programs of schema 2 or later.
-- A replica that has not beaten for a while is dead, and a lease whose token begins with a name that is not here is
-- nobody's. Rows are updated every few seconds and have room for that in their pages.
CREATE TABLE replicas (
    name     TEXT COLLATE "C" PRIMARY KEY,
    version  TEXT NOT NULL,
    receives TEXT NOT NULL,
    seen_at  DOUBLE PRECISION NOT NULL
) WITH (fillfactor = 50);

-- One row at the most: whoever asks to lead at the same time waits for it, and then sees who does.
CREATE TABLE leader (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    name  TEXT COLLATE "C" NOT NULL,
    until DOUBLE PRECISION NOT NULL
) WITH (fillfactor = 50);
