"""Before a Space is live: when it is to begin, who wants to hear of it, and what becomes of one that nobody starts."""
