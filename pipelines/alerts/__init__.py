"""Alerts: what needs a person is said once, in words, to whom it concerns, and once when it is over.

Not here: channels and who is notified (``pipelines.operations``). Called after each refresh (``pipelines.refresh``), by
the sensors of ``pipelines.assets.alerts`` and by ``dvstats alerts``.
"""
