"""Asking publishers over HTTP: policy, client, judgement of what came, plain reasons for failures."""
