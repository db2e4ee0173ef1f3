"""Standard questionnaires, one file each: answers in, score, band and reliable change out.

Pure. Which may hold items and which only scores is a matter of licence: domain.md §2.2.
"""
