"""Needs, strengths, risk and safety."""
