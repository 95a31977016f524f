"""The Celery application of the workers, and the executor that hands them the steps of a run.

A worker is started with ``celery --app pipelines.distributed.celery_app worker --concurrency 1 --queues dagster`` (see
``docs/deploy/distributed/``). Broker and results are taken from ``DVSTATS_BROKER`` and ``DVSTATS_RESULTS``.

A step counts as done when it ended, not when it was fetched, so that another worker takes it over from one that was
killed. A step that is carried out twice writes the same bytes. ``DVSTATS_STEP_SECONDS`` (an hour): so long Redis keeps
a step from other workers; RabbitMQ sees a lost connection at once.

Not here: what the steps hand to one another (``pipelines.store.steps``). Needs the packages of
``requirements-distributed.txt``. Called by ``pipelines.definitions`` where ``DVSTATS_EXECUTOR=celery``, and by Celery.
"""

import os
from typing import Any

import dagster as dg
from dagster_celery import celery_executor
from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from pipelines.deployment import step_seconds

_SETTINGS: dict[str, Any] = {
    "broker": os.environ.get("DVSTATS_BROKER", "redis://127.0.0.1:6379/0"),
    "backend": os.environ.get("DVSTATS_RESULTS", "redis://127.0.0.1:6379/1"),
    "config_source": {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "task_default_queue": "dagster",
        "task_default_priority": 5,
        "broker_connection_retry_on_startup": True,
        "broker_transport_options": {"visibility_timeout": step_seconds()},
    },
}

app = make_app(_SETTINGS)
execute_plan = create_task(app)
executor: dg.ExecutorDefinition = celery_executor.configured(_SETTINGS, name="celery")
