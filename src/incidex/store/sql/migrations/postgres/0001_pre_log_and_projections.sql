-- What SQLite's 0001 says, in PostgreSQL. Text is compared by its bytes, so that both order alike.

-- Whose tables these are, and how many migrations they have had.
CREATE TABLE incidex (version integer NOT NULL);
INSERT INTO incidex VALUES (0);

-- The log: one line a change, never updated and never deleted.
CREATE TABLE change (
    serial    bigint  PRIMARY KEY,
    record    text    COLLATE "C" NOT NULL,
    version   integer NOT NULL CHECK (version >= 1),
    kind      text    COLLATE "C" NOT NULL,
    body      text    NOT NULL,
    "by"      text    NOT NULL,
    at        text    COLLATE "C" NOT NULL,
    prev_hash text    NOT NULL,
    hash      text    NOT NULL,
    UNIQUE (record, version)
);

CREATE INDEX change_by_kind ON change (kind, record);

-- Words and bytes, apart from the log so that the law can have them removed. Their hash stays in the log.
CREATE TABLE blob (
    sha256  text  COLLATE "C" PRIMARY KEY,
    content bytea NOT NULL
);

-- What follows is made from the log and can be dropped: see rows() in projection.py.
CREATE TABLE incident (
    id     text   COLLATE "C" PRIMARY KEY,
    opened bigint NOT NULL REFERENCES change (serial)
);

CREATE TABLE report (
    id     text   COLLATE "C" NOT NULL,
    text   text   COLLATE "C" NOT NULL,
    serial bigint NOT NULL REFERENCES change (serial),
    PRIMARY KEY (id, text)
);

CREATE TABLE claim (
    id       text COLLATE "C" NOT NULL,
    incident text COLLATE "C" NOT NULL REFERENCES incident (id),
    report   text COLLATE "C" NOT NULL,
    field    text COLLATE "C" NOT NULL,
    PRIMARY KEY (id, incident)
);

CREATE TABLE key (
    field    text     COLLATE "C" NOT NULL,
    value    text     COLLATE "C" NOT NULL,
    digest   text     COLLATE "C" GENERATED ALWAYS AS (md5(value)) STORED, -- an index has no room for long values
    incident text     COLLATE "C" NOT NULL REFERENCES incident (id),
    tier     smallint NOT NULL CHECK (tier BETWEEN 0 AND 3),
    PRIMARY KEY (field, digest, incident, tier)
);
