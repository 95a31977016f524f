"""What a running office declares for itself: channels, who is alerted, who receives each release; and sending.

Not here: what is alerted and what is delivered (``pipelines.alerts``, ``pipelines.deliveries``, the two callers).
"""
