"""Who did what, who looked, who was refused; append-only."""
