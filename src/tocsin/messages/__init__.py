"""What one node says to another: the wire contract."""
