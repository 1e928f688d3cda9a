"""What a mail and its papers say: bytes to facts."""
