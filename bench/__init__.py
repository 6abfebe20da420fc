"""`make bench`: the figures of the README, each with the command that measures it alone."""
