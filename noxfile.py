"""Sessions: lint, types."""
