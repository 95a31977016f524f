"""Deliveries: each release reaches each subscriber once, in their language, with what changed for them.

Not here: channels and subscriptions (``pipelines.operations``). Called by ``dvstats deliver`` and by the job of
``pipelines.assets.deliveries``.
"""
