"""Watching the relay: what it counts, how it stands, what its log says, for those who look on from outside."""
