"""Selling tickets and taking tips: offers, seats, the line, money in and out, and a ledger that sums to zero."""
