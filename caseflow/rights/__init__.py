"""Subject access, retention, erasure; the screens that read the audit trail."""
