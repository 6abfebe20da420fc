"""Cooee: live audio rooms inside a small social network, self-hosted."""

__version__ = "0.1.0"
