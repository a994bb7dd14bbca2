"""Views: the web page and the command line, the only package that knows Dash."""
