-- Made from the log: the names of words that the law had removed, which may not come back.
CREATE TABLE removed (
    sha256 text   COLLATE "C" PRIMARY KEY,
    serial bigint NOT NULL REFERENCES change (serial)
);

-- Where the log ends, written with every append: a log that has lost its end does not reach it.
CREATE TABLE head (
    one    smallint PRIMARY KEY CHECK (one = 1),
    serial bigint   NOT NULL,
    hash   text     NOT NULL
);

INSERT INTO head SELECT 1, serial, hash FROM change ORDER BY serial DESC LIMIT 1;

-- Work that has to be done again when the program was stopped before its end.
CREATE TABLE chore (
    name text PRIMARY KEY
);

-- The server must not keep samples of words among its statistics, where no removal would find them.
ALTER TABLE blob ALTER COLUMN content SET STATISTICS 0;
