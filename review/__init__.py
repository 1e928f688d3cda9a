"""The staff site: queues, one case on one screen, and the acts by which a person clears it."""
