"""What is kept of a Space: what the hosts did, who spoke, and what those who were there thought of it."""
