"""One nation's warning centre: everything it knows, and what it does about it."""
