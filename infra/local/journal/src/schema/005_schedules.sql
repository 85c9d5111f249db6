-- What fires again and again. A paused schedule and one that is over have no `due`. Schedules are never purged.
CREATE TABLE schedules (
    name     TEXT PRIMARY KEY,
    -- Counts the changes; firing is none.
    version  INTEGER NOT NULL,
    owner    TEXT,
    -- When it fires next.
    due      INTEGER,
    -- When it is looked at: then, or later if it could not be read.
    wake     INTEGER,
    -- The time for which it fired last.
    fired    INTEGER,
    document TEXT    NOT NULL
) WITHOUT ROWID;
CREATE INDEX schedules_by_wake ON schedules (wake) WHERE wake IS NOT NULL;
CREATE INDEX schedules_by_owner ON schedules (owner, name) WHERE owner IS NOT NULL;
