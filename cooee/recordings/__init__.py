"""Recordings: what was said on stage under REC, its replay, and clips of it."""
