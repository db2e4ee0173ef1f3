"""Wraparound goals, actions, onward referrals."""
