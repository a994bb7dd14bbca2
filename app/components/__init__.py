"""Small pieces of the page that features share."""
