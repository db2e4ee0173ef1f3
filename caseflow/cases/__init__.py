"""The episode, the spine: lifecycle, visibility, stage changes, allocation."""
