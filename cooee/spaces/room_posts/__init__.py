"""Posts by people in a room, shown inside it while it is open. They live on in the timeline: they are posts."""
