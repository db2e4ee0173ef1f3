"""Every conversation, attempted or held."""
