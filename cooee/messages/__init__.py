"""Direct messages: two people, one conversation."""
