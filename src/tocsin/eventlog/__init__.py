"""What happened, in order, for ever: an append-only log that shows any change or loss."""
