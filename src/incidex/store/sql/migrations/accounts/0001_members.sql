-- Who may enter. Numbers are drawn at random, days are days, and no order of rows tells who came first.
-- Nothing here says who a member is: no address, no name but the one that signs, no trace of a device.

CREATE TABLE member (
  id TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  name TEXT NOT NULL,
  is_named INTEGER NOT NULL CHECK (is_named IN (0, 1)),
  made_on TEXT NOT NULL,
  phrase BLOB NOT NULL UNIQUE, -- SHA-256 of the phrase's 128 bits
  handle BLOB NOT NULL UNIQUE -- what a passkey calls its owner: 32 random bytes
) STRICT, WITHOUT ROWID;

CREATE UNIQUE INDEX member_name ON member (name) WHERE name <> '';

CREATE TABLE passkey (
  id BLOB PRIMARY KEY, -- the credential's
  member TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  site TEXT NOT NULL, -- the host that it was made for
  public_key BLOB NOT NULL,
  uses INTEGER NOT NULL, -- the authenticator's counter
  made_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- The only times to the second: a session ends by them, and its row with it.
CREATE TABLE session (
  hash BLOB PRIMARY KEY, -- SHA-256 of what the cookie holds
  member TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  opened_at INTEGER NOT NULL,
  seen_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE token (
  hash BLOB PRIMARY KEY, -- SHA-256 of the token
  member TEXT NOT NULL REFERENCES member (id) ON DELETE CASCADE,
  label TEXT NOT NULL,
  scope TEXT NOT NULL,
  made_on TEXT NOT NULL,
  ends_on TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- A challenge that a passkey has answered, until it would have run out by itself.
CREATE TABLE answered (
  hash BLOB PRIMARY KEY,
  until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE secret (
  name TEXT PRIMARY KEY,
  value BLOB NOT NULL
) STRICT, WITHOUT ROWID;
