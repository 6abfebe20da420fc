"""Reports, and what moderators decide on them."""
