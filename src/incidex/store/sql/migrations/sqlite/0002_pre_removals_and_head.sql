-- Made from the log: the names of words that the law had removed, which may not come back.
CREATE TABLE removed (
    sha256 TEXT    PRIMARY KEY,
    serial INTEGER NOT NULL REFERENCES change (serial)
) STRICT, WITHOUT ROWID;

-- Where the log ends, written with every append: a log that has lost its end does not reach it.
CREATE TABLE head (
    one    INTEGER PRIMARY KEY CHECK (one = 1),
    serial INTEGER NOT NULL,
    hash   TEXT    NOT NULL
) STRICT;

INSERT INTO head SELECT 1, serial, hash FROM change ORDER BY serial DESC LIMIT 1;

-- Work that has to be done again when the program was stopped before its end.
CREATE TABLE chore (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;
