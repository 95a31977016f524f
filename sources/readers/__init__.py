"""Readers: the bytes of one file to long text cells, one module a wire format."""
