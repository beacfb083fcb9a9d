"""Mapping tables: one table per message and system, read both ways."""
