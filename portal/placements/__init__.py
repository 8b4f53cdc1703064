"""Experiences of work: listings, requests through an adviser, bookings, attendance."""
