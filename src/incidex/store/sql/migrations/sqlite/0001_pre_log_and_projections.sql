-- The log: one line a change, never updated and never deleted.
CREATE TABLE change (
    serial    INTEGER PRIMARY KEY,
    record    TEXT    NOT NULL,
    version   INTEGER NOT NULL CHECK (version >= 1),
    kind      TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    "by"      TEXT    NOT NULL,
    at        TEXT    NOT NULL,
    prev_hash TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    UNIQUE (record, version)
) STRICT;

CREATE INDEX change_by_kind ON change (kind, record);

-- Words and bytes, apart from the log so that the law can have them removed. Their hash stays in the log.
CREATE TABLE blob (
    sha256  TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;

-- What follows is made from the log and can be dropped: see rows() in projection.py.
CREATE TABLE incident (
    id     TEXT    PRIMARY KEY,
    opened INTEGER NOT NULL REFERENCES change (serial)
) STRICT, WITHOUT ROWID;

CREATE TABLE report (
    id     TEXT    NOT NULL,
    text   TEXT    NOT NULL,
    serial INTEGER NOT NULL REFERENCES change (serial),
    PRIMARY KEY (id, text)
) STRICT, WITHOUT ROWID;

CREATE TABLE claim (
    id       TEXT NOT NULL,
    incident TEXT NOT NULL REFERENCES incident (id),
    report   TEXT NOT NULL,
    field    TEXT NOT NULL,
    PRIMARY KEY (id, incident)
) STRICT, WITHOUT ROWID;

CREATE TABLE key (
    field    TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    incident TEXT    NOT NULL REFERENCES incident (id),
    tier     INTEGER NOT NULL CHECK (tier BETWEEN 0 AND 3),
    PRIMARY KEY (field, value, incident, tier)
) STRICT, WITHOUT ROWID;
