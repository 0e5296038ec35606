"""Small documents and web pages."""
