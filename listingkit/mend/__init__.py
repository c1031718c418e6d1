"""Fixes written into a copy of the master, which differs in the fixed cells and in nothing else; the master itself is never written to."""
