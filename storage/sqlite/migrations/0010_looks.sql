-- The seconds within which no generation of a model is finished, by the class of the length of its recording.
CREATE TABLE looks (
    model   TEXT NOT NULL,
    length  INTEGER NOT NULL,
    soonest DOUBLE PRECISION NOT NULL,
    PRIMARY KEY (model, length)
);
