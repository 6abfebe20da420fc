"""Posts, and the home timeline."""
