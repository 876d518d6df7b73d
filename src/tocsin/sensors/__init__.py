"""What a sensor can see, and when it is sure."""
