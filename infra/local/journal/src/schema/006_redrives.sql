-- How often an execution was redriven, and when last.
ALTER TABLE executions ADD COLUMN redrives INTEGER NOT NULL DEFAULT 0;
ALTER TABLE executions ADD COLUMN redriven_at INTEGER;

-- The engine's state of executions that ended without success: a redrive goes on from there.
CREATE TABLE redrivable (
    execution INTEGER PRIMARY KEY,
    state     BLOB NOT NULL
);

-- The last redrives to which somebody has given a token, so that asking again under the same one redrives nothing.
CREATE TABLE redrive_tokens (
    execution INTEGER NOT NULL,
    redrive   INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    token     TEXT    NOT NULL,
    PRIMARY KEY (execution, redrive)
) WITHOUT ROWID;
