"""A decision to words, and the sending of them."""
