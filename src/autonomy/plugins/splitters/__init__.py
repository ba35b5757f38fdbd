"""Built-in plug-ins, reached by their entry points only."""
