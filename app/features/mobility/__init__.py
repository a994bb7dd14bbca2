"""The page of on-demand fleets and autonomous runs: one simulated day as it went, and what all days come to."""
