"""Read Statements out of Learning Record Stores; knows nothing of the connector that uses it."""
