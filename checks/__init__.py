"""Facts and rules to findings and a decision."""
