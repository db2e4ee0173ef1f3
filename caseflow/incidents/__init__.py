"""What happened: nature, perpetrator, victim, time, place."""
