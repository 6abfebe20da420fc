"""Spaces: rooms where a few speak, anyone may listen, and the conversation is gone when the room closes."""
