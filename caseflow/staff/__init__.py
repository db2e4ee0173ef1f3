"""Users, teams and sign-in."""
