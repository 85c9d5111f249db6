//! What every activity Lambda shares: telemetry, configuration, errors on the wire.
