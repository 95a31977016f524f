"""What keeps people unidentifiable: small cells of restricted files, and the guard against personal data."""
