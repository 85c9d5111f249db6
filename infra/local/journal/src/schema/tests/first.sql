-- The whole database as version 1 made it.
-- Times are milliseconds since the epoch. JSON is text, as it came.

CREATE TABLE state_machines (
    id         INTEGER PRIMARY KEY,
    name       TEXT    NOT NULL,
    created_at INTEGER NOT NULL,
    revision   INTEGER NOT NULL,
    deleted_at INTEGER
);
CREATE UNIQUE INDEX state_machines_by_name ON state_machines (name) WHERE deleted_at IS NULL;

-- A definition as it was at one time. Executions keep the revision that they were started with.
CREATE TABLE revisions (
    state_machine INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    revision_id   TEXT    NOT NULL,
    definition    TEXT    NOT NULL,
    role_arn      TEXT    NOT NULL,
    settings      TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    PRIMARY KEY (state_machine, revision)
) WITHOUT ROWID;

CREATE TABLE executions (
    id            INTEGER PRIMARY KEY,
    state_machine INTEGER NOT NULL,
    revision      INTEGER NOT NULL,
    name          TEXT    NOT NULL,
    status        INTEGER NOT NULL,
    started_at    INTEGER NOT NULL,
    stopped_at    INTEGER,
    input         TEXT    NOT NULL,
    output        TEXT,
    error         TEXT,
    cause         TEXT,
    trace_header  TEXT,
    parent        INTEGER,
    parent_task   INTEGER
);
CREATE UNIQUE INDEX executions_by_name ON executions (state_machine, name);
CREATE INDEX executions_by_status ON executions (state_machine, status, id);

-- The engine's state of every execution that has not ended.
CREATE TABLE unfinished (
    execution INTEGER PRIMARY KEY,
    state     BLOB NOT NULL
);

-- What one step appended to a history: a JSON array of events in the shape of the wire.
CREATE TABLE history (
    execution INTEGER NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    events    TEXT    NOT NULL,
    PRIMARY KEY (execution, first)
) WITHOUT ROWID;

CREATE TABLE timers (
    execution INTEGER NOT NULL,
    timer     INTEGER NOT NULL,
    due       INTEGER NOT NULL,
    PRIMARY KEY (execution, timer)
) WITHOUT ROWID;
CREATE INDEX timers_by_due ON timers (due);

CREATE TABLE tasks (
    execution INTEGER NOT NULL,
    task      INTEGER NOT NULL,
    phase     INTEGER NOT NULL,
    resource  TEXT    NOT NULL,
    token     TEXT,
    request   TEXT    NOT NULL,
    PRIMARY KEY (execution, task)
);
CREATE UNIQUE INDEX tasks_by_token ON tasks (token) WHERE token IS NOT NULL;
CREATE INDEX tasks_by_resource ON tasks (resource, phase);

-- What is still to be done because something has been committed.
CREATE TABLE outbox (
    id      INTEGER PRIMARY KEY,
    kind    TEXT NOT NULL,
    payload TEXT NOT NULL
);

CREATE TABLE activities (
    name       TEXT PRIMARY KEY,
    created_at INTEGER NOT NULL
) WITHOUT ROWID;

CREATE TABLE queue_messages (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    queue      TEXT    NOT NULL,
    message_id TEXT    NOT NULL,
    sent_at    INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    attributes TEXT    NOT NULL
);
CREATE INDEX queue_messages_by_queue ON queue_messages (queue, id);

CREATE TABLE events (
    id           INTEGER PRIMARY KEY AUTOINCREMENT,
    topic        TEXT    NOT NULL,
    message_id   TEXT    NOT NULL,
    published_at INTEGER NOT NULL,
    message      TEXT    NOT NULL
);

CREATE TABLE inbox (
    position    INTEGER PRIMARY KEY AUTOINCREMENT,
    id          TEXT    NOT NULL UNIQUE,
    topic       TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    json        TEXT    NOT NULL
);
CREATE INDEX inbox_by_topic ON inbox (topic, position);

CREATE TABLE meta (
    key   TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

PRAGMA user_version = 1;

INSERT INTO state_machines VALUES (1, 'm', 1700000000000, 1, NULL);
INSERT INTO revisions VALUES (1, 1, 'r', '{}', 'role', '{}', 1700000000000);
INSERT INTO executions VALUES (1, 1, 1, 'e', 0, 1700000000001, NULL, '{}', NULL, NULL, NULL, NULL, NULL, NULL);
INSERT INTO unfinished VALUES (1, x'7b7d');
INSERT INTO history VALUES (1, 1, 2, '[]');
INSERT INTO timers VALUES (1, 1, 1700000060000);
INSERT INTO tasks VALUES (1, 2, 0, 'r', 'token', '{}');
INSERT INTO outbox VALUES (1, 'stop-child', '1 2');
INSERT INTO activities VALUES ('a', 1700000000000);
INSERT INTO queue_messages VALUES (1, 'q', 'id', 1700000000000, 'body', 'null');
INSERT INTO events VALUES (1, 't', 'id', 1700000000000, 'message');
INSERT INTO inbox VALUES (1, 'id', 't', 1700000000000, '{}');
INSERT INTO meta VALUES ('k', 'v');
