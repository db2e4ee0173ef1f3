"""What has no casework in it: config, database, forms, clock, errors, assets."""
