"""The page of the mobile city office: its month, its places, whom it reaches, what one van more would bring."""
