"""Obviously fake young people, one for each state and edge worth seeing."""
