-- Named queries for SQLite. A line "-- name: x" begins the query x; its comment says what for.

-- name: last
-- The end of the chain, which the next change is linked to.
SELECT serial, hash FROM change ORDER BY serial DESC LIMIT 1;

-- name: head
-- Where the log ends, as the last append said.
SELECT serial, hash FROM head;

-- name: put_head
-- Said with every append.
INSERT INTO head (one, serial, hash) VALUES (1, ?, ?)
ON CONFLICT (one) DO UPDATE SET serial = excluded.serial, hash = excluded.hash;

-- name: chores
-- Work that was begun.
SELECT name FROM chore;

-- name: add_chore
-- Work that has to be done even if the program stops now.
INSERT INTO chore (name) VALUES (?) ON CONFLICT DO NOTHING;

-- name: drop_chore
-- Work that is done.
DELETE FROM chore WHERE name = ?;

-- name: version
-- The current version of one record.
SELECT max(version) FROM change WHERE record = ?;

-- name: page
-- Some lines after a serial, in order.
SELECT serial, record, version, kind, body, "by", at, prev_hash, hash
FROM change WHERE serial > ? ORDER BY serial LIMIT 256;

-- name: line
-- One line.
SELECT serial, record, version, kind, body, "by", at, prev_hash, hash
FROM change WHERE serial = ?;

-- name: lines_of_kind
-- Lines of one kind, oldest first.
SELECT serial, record, version, kind, body, "by", at, prev_hash, hash
FROM change WHERE kind = ? ORDER BY serial;

-- name: redact
-- A line of 0.1.0 loses its words; a removal says what it hashes to then.
UPDATE change SET body = ? WHERE serial = ?;

-- name: serial_of
-- Which change has a hash.
SELECT serial FROM change WHERE hash = ?;

-- name: history
-- Every line of one record, oldest first.
SELECT serial, record, version, kind, body, "by", at, prev_hash, hash
FROM change WHERE record = ? ORDER BY version;

-- name: histories
-- Every line of some records, each record's oldest first.
SELECT serial, record, version, kind, body, "by", at, prev_hash, hash
FROM change WHERE record IN (SELECT value FROM json_each(?)) ORDER BY record, version;

-- name: records
-- Records that a kind of change has happened to, the latest first.
SELECT record FROM change WHERE kind = ? GROUP BY record ORDER BY max(serial) DESC;

-- name: append
-- One line more.
INSERT INTO change (serial, record, version, kind, body, "by", at, prev_hash, hash)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?);

-- name: put_blob
-- The same bytes are kept once.
INSERT INTO blob (sha256, content) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: blobs_among
-- Bytes by their hashes.
SELECT sha256, content FROM blob WHERE sha256 IN (SELECT value FROM json_each(?));

-- name: stored_among
-- Which of some hashes have their bytes here.
SELECT sha256 FROM blob WHERE sha256 IN (SELECT value FROM json_each(?));

-- name: removed_among
-- Which of some hashes name words that had to go, and by which change.
SELECT sha256, serial FROM removed WHERE sha256 IN (SELECT value FROM json_each(?)) ORDER BY serial;

-- name: drop_blob
-- Words that have to go.
DELETE FROM blob WHERE sha256 = ?;

-- name: blobs
-- Every blob, for verification.
SELECT sha256, content FROM blob ORDER BY sha256;

-- name: texts
-- The stored texts of a report, latest first.
SELECT blob.content FROM report JOIN blob ON blob.sha256 = report.text
WHERE report.id = ? ORDER BY report.serial DESC, report.text;

-- name: incidents
-- All incidents, newest first.
SELECT id FROM incident ORDER BY opened DESC, id DESC;

-- name: candidates
-- Incidents of which someone asserted a value.
SELECT DISTINCT incident FROM key WHERE field = ? AND value = ? ORDER BY incident;

-- name: named
-- Incidents with exactly this id or victim's name, as far as a tier may know.
SELECT id FROM incident WHERE lower(id) = :text
UNION
SELECT incident FROM key WHERE field = 'victim.name' AND value = :text AND tier <= :tier
ORDER BY 1;

-- name: named_partly
-- Incidents whose id begins so, or whose victim's name has this in it, as far as a tier may know.
SELECT id FROM incident WHERE substr(lower(id), 1, length(:text)) = :text
UNION
SELECT incident FROM key WHERE field = 'victim.name' AND instr(value, :text) > 0 AND tier <= :tier
ORDER BY 1;

-- name: add_incident
-- A projected row; see projection.py.
INSERT INTO incident (id, opened) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: add_report
-- A projected row; see projection.py.
INSERT INTO report (id, text, serial) VALUES (?, ?, ?) ON CONFLICT DO NOTHING;

-- name: add_claim
-- A projected row; see projection.py.
INSERT INTO claim (id, incident, report, field) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: add_key
-- A projected row; see projection.py.
INSERT INTO key (field, value, incident, tier) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING;

-- name: add_removed
-- A projected row; see projection.py.
INSERT INTO removed (sha256, serial) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: count_blobs
-- For a progress bar.
SELECT count(*) FROM blob;

-- name: drop_head
-- Before a restore.
DELETE FROM head;

-- name: drop_changes
-- Before a restore.
DELETE FROM change;

-- name: drop_blobs
-- Before a restore.
DELETE FROM blob;

-- name: drop_removed
-- Before a rebuild.
DELETE FROM removed;

-- name: drop_key
-- Before a rebuild, in the order that foreign keys allow.
DELETE FROM key;

-- name: drop_claim
-- Before a rebuild.
DELETE FROM claim;

-- name: drop_report
-- Before a rebuild.
DELETE FROM report;

-- name: drop_incident
-- Before a rebuild.
DELETE FROM incident;
