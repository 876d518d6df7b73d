"""From measurements to tracks, and from tracks to places."""
