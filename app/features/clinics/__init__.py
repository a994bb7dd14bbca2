"""The page of access to care: three ways to look at it beside each other, emergencies, districts, levers."""
