"""The directory of agencies that can help."""
