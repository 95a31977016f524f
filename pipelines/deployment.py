"""Settings of a deployment: from the environment whether runs ask publishers and schedules are on; the region's clock.

=====================  =====================================================================  =======
variable               meaning                                                                default
=====================  =====================================================================  =======
``DVSTATS_LIVE``       ``on``: runs started in Dagster ask the publishers                     ``off``
``DVSTATS_SCHEDULES``  ``on``: the schedules run without being switched on in the browser     ``off``
``DVSTATS_EXECUTOR``   ``celery``: the steps of a run are worked off by several workers       ``one``
``DVSTATS_MIRROR``     address that is requested instead of every publisher, as ``--mirror``  none
``DVSTATS_CONTACT``    address that publishers can write to, part of the user agent           none
=====================  =====================================================================  =======

``make dev`` sets ``DVSTATS_LIVE=on``. Not here: the settings of one run (``pipelines.resources``, options of
``dvstats refresh``). Called by ``pipelines.definitions``, which shows them in Dagster; described for operators in
``docs/operations.md``.
"""

import datetime as dt
import os
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from data_contracts.errors import UserError

# The clock of the region. Almaty, Tashkent and Dushanbe share it; Bishkek is an hour ahead.
ZONE = "Asia/Almaty"
_SWITCH = {"on": True, "off": False, "": False}


@dataclass(frozen=True)
class Deployment:
    """What was set for this process."""

    live: bool = False
    schedules: bool = False
    mirror: str = ""
    contact: str = ""
    celery: bool = False

    @classmethod
    def of(cls, environment: Mapping[str, str] = os.environ) -> "Deployment":
        """Read the environment; :class:`UserError` names a variable that holds what it cannot."""
        return cls(
            live=_switch(environment, "DVSTATS_LIVE"),
            schedules=_switch(environment, "DVSTATS_SCHEDULES"),
            mirror=_mirror(environment),
            contact=environment.get("DVSTATS_CONTACT", "").strip(),
            celery=_executor(environment) == "celery",
        )


def local_day(moment: dt.datetime) -> dt.date:
    """The day on which a moment (UTC without zone) falls in the region: 20:00 UTC is the next day there."""
    return moment.replace(tzinfo=dt.UTC).astimezone(ZoneInfo(ZONE)).date()


def _switch(environment: Mapping[str, str], name: str) -> bool:
    text = environment.get(name, "").strip().lower()
    if text not in _SWITCH:
        raise UserError(
            f"{name}={environment[name]!r} is neither on nor off. Set it to on or off, or unset it."
        )
    return _SWITCH[text]


def _mirror(environment: Mapping[str, str]) -> str:
    text = environment.get("DVSTATS_MIRROR", "").strip()
    if text:
        from sources.http.addresses import check_mirror

        check_mirror(text)
    return text


def _executor(environment: Mapping[str, str]) -> str:
    """Where steps are carried out; several workers can only share an object store."""
    text = environment.get("DVSTATS_EXECUTOR", "").strip().lower()
    if text not in ("", "one", "celery"):
        raise UserError(
            f"DVSTATS_EXECUTOR={text!r} is neither one nor celery. Set it to one of them, or unset it."
        )
    place = environment.get("DVSTATS_DATA_DIR", "")
    if text == "celery" and not place.startswith("s3://"):
        raise UserError(
            f"DVSTATS_EXECUTOR=celery needs a data directory that all workers reach, but DVSTATS_DATA_DIR is "
            f"{place!r}. Set it to s3://BUCKET/PREFIX."
        )
    return text
