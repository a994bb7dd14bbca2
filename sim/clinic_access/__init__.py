"""Owns clinic access beyond the nearest place: competition for hours, round trips, online visits, emergencies."""
