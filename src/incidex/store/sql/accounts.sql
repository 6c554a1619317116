-- Named queries for the members' file. A line "-- name: x" begins the query x; its comment says what for.

-- name: members
-- Everyone, by name and number.
SELECT id, role, name, is_named, made_on FROM member ORDER BY name, id;

-- name: member
-- One member.
SELECT id, role, name, is_named, made_on FROM member WHERE id = ?;

-- name: member_of_phrase
-- Whose phrase it is.
SELECT id, role, name, is_named, made_on FROM member WHERE phrase = ?;

-- name: add_member
-- A new account.
INSERT INTO member (id, role, name, is_named, made_on, phrase, handle) VALUES (?, ?, ?, ?, ?, ?, ?);

-- name: set_role
-- Another role, and the name that it signs with.
UPDATE member SET role = ?, name = ?, is_named = ? WHERE id = ?;

-- name: set_phrase
-- Another phrase, for whoever has lost the first.
UPDATE member SET phrase = ? WHERE id = ?;

-- name: remove_member
-- Gone, with passkeys, sessions and tokens.
DELETE FROM member WHERE id = ?;

-- name: handle
-- What a member's passkeys call them.
SELECT handle FROM member WHERE id = ?;

-- name: open_session
-- Somebody has come in.
INSERT INTO session (hash, member, opened_at, seen_at) VALUES (?, ?, ?, ?);

-- name: session
-- Who came in with that cookie, and when.
SELECT member.id, role, name, is_named, made_on, opened_at, seen_at
FROM session JOIN member ON member.id = session.member WHERE hash = ?;

-- name: see_session
-- It is in use.
UPDATE session SET seen_at = ? WHERE hash = ?;

-- name: sessions
-- A member's sessions, the latest used first.
SELECT hash, opened_at, seen_at FROM session WHERE member = ? ORDER BY seen_at DESC, hash;

-- name: end_session
-- One of a member's sessions.
DELETE FROM session WHERE hash = ? AND member = ?;

-- name: end_sessions
-- All of a member's sessions but one.
DELETE FROM session WHERE member = ? AND hash <> ?;

-- name: end_old_sessions
-- Those that have run out, and what is not needed after them.
DELETE FROM session WHERE opened_at <= ? OR seen_at <= ?;

-- name: end_old_answers
-- Challenges that have run out.
DELETE FROM answered WHERE until <= ?;

-- name: end_old_tokens
-- Tokens that have run out.
DELETE FROM token WHERE ends_on < ?;

-- name: add_token
-- A key for a program.
INSERT INTO token (hash, member, label, scope, made_on, ends_on) VALUES (?, ?, ?, ?, ?, ?);

-- name: token
-- Whose it is, and what it is for.
SELECT member.id, role, name, is_named, member.made_on, label, scope, token.made_on, ends_on
FROM token JOIN member ON member.id = token.member WHERE hash = ? AND ends_on >= ?;

-- name: tokens
-- A member's tokens.
SELECT hash, label, scope, made_on, ends_on FROM token WHERE member = ? ORDER BY ends_on, hash;

-- name: end_token
-- One of a member's tokens.
DELETE FROM token WHERE hash = ? AND member = ?;

-- name: end_tokens
-- All of a member's tokens.
DELETE FROM token WHERE member = ?;

-- name: add_passkey
-- A key that lives in a device.
INSERT INTO passkey (id, member, site, public_key, uses, made_on) VALUES (?, ?, ?, ?, ?, ?);

-- name: passkey
-- Whose it is, and how it is checked.
SELECT member.id, role, name, is_named, member.made_on, site, public_key, uses
FROM passkey JOIN member ON member.id = passkey.member WHERE passkey.id = ?;

-- name: passkeys
-- A member's passkeys.
SELECT id, site, made_on FROM passkey WHERE member = ? ORDER BY made_on, id;

-- name: use_passkey
-- It has counted on; not back, which a copy would.
UPDATE passkey SET uses = ? WHERE id = ? AND (uses < ? OR (uses = 0 AND ? = 0));

-- name: end_passkey
-- One of a member's passkeys.
DELETE FROM passkey WHERE id = ? AND member = ?;

-- name: add_answer
-- A challenge counts once.
INSERT INTO answered (hash, until) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: secret
-- What this file keeps to itself.
SELECT value FROM secret WHERE name = ?;

-- name: add_secret
-- Made once, by whoever is first.
INSERT INTO secret (name, value) VALUES (?, ?) ON CONFLICT DO NOTHING;

-- name: end_passkeys
-- All of a member's passkeys.
DELETE FROM passkey WHERE member = ?;

-- name: add_deed
-- What an editor has done.
INSERT INTO deed (id, done_on, by, member, number, what, role, name)
SELECT ?1, ?2, ?3, ?4, 1 + coalesce(max(number), 0), ?5, ?6, ?7 FROM deed WHERE member = ?4;

-- name: deeds
-- What editors have done, the last day first, and the last about each member on it.
SELECT done_on, by, member, what, role, name FROM deed ORDER BY done_on DESC, member, number DESC LIMIT ?;

-- name: end_old_deeds
-- Those that nobody need answer for any more.
DELETE FROM deed WHERE done_on < ?;
