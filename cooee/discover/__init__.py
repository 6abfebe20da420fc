"""Discover: what is live and what is to come, by topic and word, and people to follow. It owns nothing: it reads."""
