"""The page about one case, assembled from every room above the spine."""
