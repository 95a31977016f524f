"""Reading what is published: queries, codebook, trace, differences, status. Nothing here writes a release."""
