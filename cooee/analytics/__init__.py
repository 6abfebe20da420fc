"""A Space in numbers, for its hosts: how many listened when, how they came, how they reacted; nobody by name."""
