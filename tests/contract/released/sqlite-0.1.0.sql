-- A database as Incidex 0.1.0 wrote it (made by that version, then frozen). Do not edit.
PRAGMA application_id = 1231971177;
PRAGMA user_version = 1;
BEGIN TRANSACTION;
CREATE TABLE blob (
    sha256  TEXT PRIMARY KEY,
    content BLOB NOT NULL
) STRICT;
INSERT INTO "blob" VALUES('4e7bd86e8d7dcf0af64853ee9514f6a2f262fabdde48f3b02488eb039e110488',X'4369706872207361797320746861742070617373776F726473206F6620E2809C616C6C207573657273E2809D2077657265206578706F73656420696E20417072696C20323031372E204E6F7468696E6720656C7365206973206B6E6F776E2E');
INSERT INTO "blob" VALUES('a568d1646a5413211b265085e561011c67414316bfd8bbf6664e51ea0d135e9e',X'7B226C656E677468223A39312C226F726967696E73223A5B305D2C22737461727473223A5B305D2C22776964746873223A5B39315D7D');
INSERT INTO "blob" VALUES('d7e4baffbb9ba431aac922400a121145636539b91d37a0717f66ce37bec96a84',X'5B224369706872222C22222C22207361797320746861742070617373776F726473206F66205C7532303163616C6C20757365222C22697420736179732027436970687227225D');
INSERT INTO "blob" VALUES('a043f79afab087cfd276fb2321e08e5df4e5d7f0787cecb0cccf8e8eb7abfe1c',X'5B2270617373776F726473222C2243697068722073617973207468617420222C22206F66205C7532303163616C6C2075736572735C75323031642077657265206578706F73656420696E20222C2269742073617973202770617373776F72647327225D');
INSERT INTO "blob" VALUES('9cbc504513f95c75fb88cc9354e9fa1478dd3907512a93387bb16f3b90523bd8',X'5B22417072696C2032303137222C22206F66205C7532303163616C6C2075736572735C75323031642077657265206578706F73656420696E20222C222E204E6F7468696E6720656C7365206973206B6E6F776E2E222C22697420736179732027417072696C203230313727225D');
INSERT INTO "blob" VALUES('fe64414a054ab7577b37ddeda7f6c9c28398fb4cb34e34ce1a28d79100f2a911',X'50617373776F7264732077657265206578706F7365642E');
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
INSERT INTO "change" VALUES(1,'rep-4e7bd86e8d7dcf0af64853ee9514f6a2',1,'received','{"document":{"language":"","notes":["short"],"offsets":{"blob":"a568d1646a5413211b265085e561011c67414316bfd8bbf6664e51ea0d135e9e"},"published":"","reader":"text@1","report":"rep-4e7bd86e8d7dcf0af64853ee9514f6a2","text":{"blob":"4e7bd86e8d7dcf0af64853ee9514f6a2f262fabdde48f3b02488eb039e110488","length":91},"title":"Ciphr dumped online"},"report":{"accounts":["https://ledger.example/also"],"media_type":"text/plain","origin":"","published":"","register":"","sha256":"4e7bd86e8d7dcf0af64853ee9514f6a2f262fabdde48f3b02488eb039e110488","source":{"name":"The Harbour Ledger","reliability":"F","role":"press","url":""},"tier":0,"title":"Ciphr dumped","url":"https://ledger.example/ciphr"}}','incidex','2026-11-23T12:00:00+00:00','','5d6978e3e39c0e8dc006117bc3d11373ec8da339d5dca874355b77da3cefed96');
INSERT INTO "change" VALUES(2,'inc-1',1,'linked','{"report":{"accounts":["https://ledger.example/also"],"media_type":"text/plain","origin":"","published":"","register":"","sha256":"4e7bd86e8d7dcf0af64853ee9514f6a2f262fabdde48f3b02488eb039e110488","source":{"name":"The Harbour Ledger","reliability":"F","role":"press","url":""},"tier":0,"title":"Ciphr dumped","url":"https://ledger.example/ciphr"},"why":"the first report of it"}','incidex','2026-11-23T12:00:00+00:00','5d6978e3e39c0e8dc006117bc3d11373ec8da339d5dca874355b77da3cefed96','f144acd576a97113ba4397b9574a51e30c3cf7f268135c10a57cbc4964acac77');
INSERT INTO "change" VALUES(3,'inc-1',2,'claimed','{"claims":[{"coder":"rules@1","confidence":1.0,"evidence":{"span":{"end":5,"start":0},"words":"d7e4baffbb9ba431aac922400a121145636539b91d37a0717f66ce37bec96a84"},"field":"victim.name","id":"clm-d6efc39c74c2f1ae40dd3429a3aaf7a5","no_evidence":null,"report":"rep-4e7bd86e8d7dcf0af64853ee9514f6a2","speaker":{"name":"Ciphr","role":"victim"},"stance":"asserts","tier":0,"value":"Ciphr","why":""},{"coder":"rules@1","confidence":1.0,"evidence":{"span":{"end":25,"start":16},"words":"a043f79afab087cfd276fb2321e08e5df4e5d7f0787cecb0cccf8e8eb7abfe1c"},"field":"data.class","id":"clm-f91a6f39cfc8f10f23b0a59b96e8fad9","no_evidence":null,"report":"rep-4e7bd86e8d7dcf0af64853ee9514f6a2","speaker":{"name":"Ciphr","role":"victim"},"stance":"asserts","tier":0,"value":"Passwords","why":""},{"coder":"rules@1","confidence":1.0,"evidence":{"span":{"end":67,"start":57},"words":"9cbc504513f95c75fb88cc9354e9fa1478dd3907512a93387bb16f3b90523bd8"},"field":"date.occurred","id":"clm-75cb2e0a753d70b261739f4a85e43cbf","no_evidence":null,"report":"rep-4e7bd86e8d7dcf0af64853ee9514f6a2","speaker":{"name":"Ciphr","role":"victim"},"stance":"asserts","tier":0,"value":"2017-04","why":""},{"coder":"rules@1","confidence":1.0,"evidence":{"span":{"end":25,"start":16},"words":"a043f79afab087cfd276fb2321e08e5df4e5d7f0787cecb0cccf8e8eb7abfe1c"},"field":"summary","id":"clm-749bb88dfac512bdb94bc7793e95ea03","no_evidence":null,"report":"rep-4e7bd86e8d7dcf0af64853ee9514f6a2","speaker":{"name":"Ciphr","role":"victim"},"stance":"asserts","tier":0,"value":{"blob":"fe64414a054ab7577b37ddeda7f6c9c28398fb4cb34e34ce1a28d79100f2a911","length":23},"why":""},{"coder":"person:ana","confidence":1.0,"evidence":null,"field":"impact","id":"clm-893259fef8fb8c5fa751710a36f6433c","no_evidence":"analyst_note","report":"rep-4e7bd86e8d7dcf0af64853ee9514f6a2","speaker":{"name":"Ana","role":"press"},"stance":"asserts","tier":0,"value":"confidentiality","why":"seen on the forum"}]}','incidex','2026-11-23T12:00:00+00:00','f144acd576a97113ba4397b9574a51e30c3cf7f268135c10a57cbc4964acac77','3306ce1acb93951b042c0304471a0e479d946f76667c2749883391794a6acf09');
INSERT INTO "change" VALUES(4,'inc-1',3,'decided','{"claim":"clm-f91a6f39cfc8f10f23b0a59b96e8fad9","decision":"accepted","reason":"read it"}','incidex','2026-11-23T12:00:00+00:00','3306ce1acb93951b042c0304471a0e479d946f76667c2749883391794a6acf09','d407db436dd0e8d09939d53d742f77a7c0e9cdbb32126c661430521b2aa9ba1a');
INSERT INTO "change" VALUES(5,'inc-1',4,'retracted','{"claim":"clm-893259fef8fb8c5fa751710a36f6433c","reason":"not seen after all"}','incidex','2026-11-23T12:00:00+00:00','d407db436dd0e8d09939d53d742f77a7c0e9cdbb32126c661430521b2aa9ba1a','574dc5418260ca8553396813d17429f2cddf135338e6557707a3d7529310fd2b');
INSERT INTO "change" VALUES(6,'rep-failed',1,'failed','{"message":"ciphr-secret.pdf is encrypted","name":"ciphr-secret.pdf","stage":"read"}','incidex','2026-11-23T12:00:00+00:00','574dc5418260ca8553396813d17429f2cddf135338e6557707a3d7529310fd2b','b9ae5a538c322534751aecdd5797a3d3297abd6058e2d259a7567ff644a90673');
CREATE TABLE claim (
    id       TEXT NOT NULL,
    incident TEXT NOT NULL REFERENCES incident (id),
    report   TEXT NOT NULL,
    field    TEXT NOT NULL,
    PRIMARY KEY (id, incident)
) STRICT, WITHOUT ROWID;
INSERT INTO "claim" VALUES('clm-749bb88dfac512bdb94bc7793e95ea03','inc-1','rep-4e7bd86e8d7dcf0af64853ee9514f6a2','summary');
INSERT INTO "claim" VALUES('clm-75cb2e0a753d70b261739f4a85e43cbf','inc-1','rep-4e7bd86e8d7dcf0af64853ee9514f6a2','date.occurred');
INSERT INTO "claim" VALUES('clm-893259fef8fb8c5fa751710a36f6433c','inc-1','rep-4e7bd86e8d7dcf0af64853ee9514f6a2','impact');
INSERT INTO "claim" VALUES('clm-d6efc39c74c2f1ae40dd3429a3aaf7a5','inc-1','rep-4e7bd86e8d7dcf0af64853ee9514f6a2','victim.name');
INSERT INTO "claim" VALUES('clm-f91a6f39cfc8f10f23b0a59b96e8fad9','inc-1','rep-4e7bd86e8d7dcf0af64853ee9514f6a2','data.class');
CREATE TABLE incident (
    id     TEXT    PRIMARY KEY,
    opened INTEGER NOT NULL REFERENCES change (serial)
) STRICT, WITHOUT ROWID;
INSERT INTO "incident" VALUES('inc-1',2);
CREATE TABLE key (
    field    TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    incident TEXT    NOT NULL REFERENCES incident (id),
    tier     INTEGER NOT NULL CHECK (tier BETWEEN 0 AND 3),
    PRIMARY KEY (field, value, incident, tier)
) STRICT, WITHOUT ROWID;
INSERT INTO "key" VALUES('date.occurred','2017-04','inc-1',0);
INSERT INTO "key" VALUES('victim.name','ciphr','inc-1',0);
CREATE TABLE report (
    id     TEXT    NOT NULL,
    text   TEXT    NOT NULL,
    serial INTEGER NOT NULL REFERENCES change (serial),
    PRIMARY KEY (id, text)
) STRICT, WITHOUT ROWID;
INSERT INTO "report" VALUES('rep-4e7bd86e8d7dcf0af64853ee9514f6a2','4e7bd86e8d7dcf0af64853ee9514f6a2f262fabdde48f3b02488eb039e110488',1);
CREATE INDEX change_by_kind ON change (kind, record);
COMMIT;
