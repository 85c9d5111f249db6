-- Executions by name, apart from their rows: names come in no order, and an index of all of them would be written in
-- another place for every execution. How the three tables work together stands in names.rs, which fills them.
DROP INDEX executions_by_name;

-- Those that came last, in the order in which they came. The hash is that of the state machine and the name.
CREATE TABLE recent_names (
    execution INTEGER PRIMARY KEY,
    hash      INTEGER NOT NULL
);

-- Segments: those that came before, so many at a time. Their executions are among `first` to `last`, and the filter tells
-- which hashes are not among theirs.
CREATE TABLE name_segments (
    segment INTEGER PRIMARY KEY,
    first   INTEGER NOT NULL,
    last    INTEGER NOT NULL,
    filter  BLOB    NOT NULL
);

-- The hashes of a segment with their executions, in buckets: the bucket's number stands in the low bits of the key, the
-- segment's above.
CREATE TABLE names (
    bucket  INTEGER PRIMARY KEY,
    entries BLOB NOT NULL
);
