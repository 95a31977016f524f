"""Judgement: text cells to observations, and the tables derived from them; pure functions of their inputs."""
