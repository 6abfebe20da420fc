"""What people write in a room while it is open."""
