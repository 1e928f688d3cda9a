"""The site's acts for other systems: JSON over HTTP, described by OpenAPI 3.1, with tokens of their own."""
