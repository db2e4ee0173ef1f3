"""Police operations and what may be known of them (walled)."""
