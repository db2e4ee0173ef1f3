"""Outcomes, closure, the outcome summary as PDF."""
