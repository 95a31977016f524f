"""Alerts: what needs a person is said once, in words, to whom it concerns, and once when it is over.

Not here: channels and who is notified (``pipelines.operations``).
"""
