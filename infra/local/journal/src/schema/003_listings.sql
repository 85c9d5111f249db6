-- State machines by name, deleted ones too: their executions are still read by name.
CREATE INDEX state_machines_by_any_name ON state_machines (name);
-- A state machine's executions in the order in which they were started.
CREATE INDEX executions_by_machine ON executions (state_machine);
