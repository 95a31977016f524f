"""Tables that are made of observations: history, breaks, best values, discrepancies, rates, cascade, coverage."""
