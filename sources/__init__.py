"""What exists outside: declarations of datasets, how files are fetched and archived, how bytes become cells."""
