"""Notices: in the app, by push, by mail."""
