"""Tables and named queries: functions over a Session that never commit."""
