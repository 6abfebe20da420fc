"""Accounts, sign-in, profiles, and who follows whom."""
