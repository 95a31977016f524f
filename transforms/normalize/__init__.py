"""Text cells to observations of the shared schema."""
