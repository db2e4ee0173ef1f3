"""What each role may do: permissions, grants (the truth table), predicates."""
