-- What has ended, oldest first, for its retention.
CREATE INDEX executions_by_end ON executions (stopped_at) WHERE stopped_at IS NOT NULL;
-- What a task has started and waits for.
CREATE INDEX executions_by_parent ON executions (parent, parent_task) WHERE parent IS NOT NULL;
-- An entry's payload begins with the number of the execution that it is about; that execution stays until it is done.
CREATE INDEX outbox_by_execution ON outbox (CAST(payload AS INTEGER));
CREATE INDEX queue_messages_by_time ON queue_messages (sent_at);
CREATE INDEX events_by_time ON events (published_at);
CREATE INDEX inbox_by_time ON inbox (received_at);

-- Executions that are gone and have more history than was deleted with them.
CREATE TABLE leftovers (
    execution INTEGER PRIMARY KEY
);
