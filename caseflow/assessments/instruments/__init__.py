"""Standard questionnaires, one file each."""
