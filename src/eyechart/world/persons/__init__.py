"""Persons with names and faces of their own."""
