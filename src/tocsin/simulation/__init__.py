"""A made-up world: scenarios, who is told what, and when."""
