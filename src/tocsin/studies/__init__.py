"""Questions asked of many simulated launches."""
