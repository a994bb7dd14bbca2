"""What a person writes to build a city, one module per layer."""
