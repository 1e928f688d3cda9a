"""Rough treatment of the whole service from outside: kills, cut lines, servers that misbehave; then the books are checked."""
