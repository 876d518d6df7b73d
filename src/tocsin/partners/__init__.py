"""Sharing with other nations: who may be told what, signed, numbered and carried."""
