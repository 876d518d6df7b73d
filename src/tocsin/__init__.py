"""tocsin: an open missile-attack-warning network. Who would see what, when, alone and joined."""

__version__ = "0.1.0"
