"""What is due (cadence) and telling someone, once (reminders)."""
