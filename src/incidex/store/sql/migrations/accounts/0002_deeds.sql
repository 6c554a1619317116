-- What editors have done about members: by day, signed, and gone with the member that it is about. Numbered
-- for each member alone, so that nothing tells in what order different members came.

CREATE TABLE deed (
  id TEXT PRIMARY KEY, -- drawn at random
  done_on TEXT NOT NULL,
  by TEXT NOT NULL, -- what the editor signed with
  member TEXT REFERENCES member (id) ON DELETE CASCADE, -- NULL where it was a removal
  number INTEGER NOT NULL, -- which it is of those about the member
  what TEXT NOT NULL,
  role TEXT NOT NULL, -- before it, where it was another role; '' elsewhere
  name TEXT NOT NULL -- what the member signed with before that
) STRICT, WITHOUT ROWID;

CREATE INDEX deed_member ON deed (member);
