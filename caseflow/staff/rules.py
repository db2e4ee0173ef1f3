"""What is fixed about staff accounts."""

# One password for every made-up member of staff; only a database marked as demo holds them.
DEMO_PASSWORD = "demo people only"
