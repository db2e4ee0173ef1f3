"""The inbox row and the outbox: telling a member of staff something, once."""
