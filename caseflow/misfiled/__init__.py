"""Entries that are about somebody else: set aside at once, then moved to where they belong."""
