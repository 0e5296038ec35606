"""What people see: tables, comparison, and one HTML page."""
