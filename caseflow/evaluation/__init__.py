"""Numbers about many cases: measures, datasets, reports."""
