"""Isolated trees for leaves: which kinds there are, and which one this machine gives."""
