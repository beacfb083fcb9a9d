"""Receiving sides: they bring what arrives elsewhere to the partner's own inbox, and say so only once it is there."""
