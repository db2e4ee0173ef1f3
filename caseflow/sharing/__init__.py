"""Sharing agreements, disclosure ledger, disclosure packets."""
