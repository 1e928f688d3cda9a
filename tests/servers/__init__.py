"""Real servers on loopback that the tests start and stop."""
