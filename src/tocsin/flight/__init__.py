"""How a rocket flies, from pad to impact."""
