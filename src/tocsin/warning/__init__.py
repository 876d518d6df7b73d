"""From tracks to a decision somebody can act on: how sure, how grave, who is in danger."""
