"""Pages about many cases: my day, the team's board."""
