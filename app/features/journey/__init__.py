"""The page of journeys: one question, asked of two scenarios."""
