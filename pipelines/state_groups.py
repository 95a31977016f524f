"""Groups of the states of a dataset, which are codes of the list ``dataset_state``.

Not here: deciding the state of a dataset (``pipelines.dataset_states``). Read by all that says something of several
states together: the outcome of a refresh, overview, notes, status, deliveries, and what of a release is carried over.
"""

#: what is published is its publisher's newest
CURRENT = ("fresh", "bundled")
#: what is published may not be the publisher's newest, or nothing is
TROUBLED = ("stale", "held", "failed")
#: of these, those in which what is published is not what the publisher says, until a person acts
GRAVE = ("held", "failed")
