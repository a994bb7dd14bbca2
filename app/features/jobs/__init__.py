"""The page that orders batches and shows how far they are."""
