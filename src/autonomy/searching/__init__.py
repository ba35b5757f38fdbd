"""The search for an acceptable candidate: attempts, lanes, gates, contests, budgets."""
