"""The site as an asset: in its own job, started by a new release and by nothing else."""

from pathlib import Path

import dagster as dg
import pytest

from pipelines.assets import site as asset
from pipelines.resources import DataDir
from pipelines.schedules import REFRESH_LIVE, REFRESH_OFFLINE
from pipelines.site.build import BuiltSite


@pytest.fixture
def defs(tmp_path: Path) -> dg.Definitions:
    from pipelines.definitions import build_defs

    return build_defs(DataDir(path=str(tmp_path)))


def test_a_refresh_does_not_build_it(defs: dg.Definitions) -> None:
    repository = defs.get_repository_def()
    for job in repository.get_all_jobs():
        builds = dg.AssetKey(asset.SITE) in job.asset_layer.executable_asset_keys
        assert builds == (job.name in (asset.site_job.name, "__ASSET_JOB")), job.name
    assert repository.get_job(REFRESH_LIVE) and repository.get_job(REFRESH_OFFLINE)


def test_it_builds_the_site_below_the_data_directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Path, Path]] = []

    def build_site(data_dir: Path, output: Path) -> BuiltSite:
        asked.append((data_dir, output))
        return BuiltSite(output, "20261125T031500Z", 2, 10, False)

    monkeypatch.setattr("pipelines.site.build.build_site", build_site)
    result = dg.materialize([asset.site_asset()], resources={"data_dir": DataDir(path=str(tmp_path))})
    assert result.success and asked == [(tmp_path.resolve(), tmp_path.resolve() / "site")]


@pytest.mark.parametrize(("new", "runs"), [(True, ["20261125T031500Z"]), (False, [])])
def test_only_a_new_release_starts_it(new: bool, runs: list[str], defs: dg.Definitions) -> None:
    instance = dg.DagsterInstance.ephemeral()
    instance.report_runless_asset_event(
        dg.AssetMaterialization("release", metadata={"release": "20261125T031500Z", "new": new})
    )
    context = dg.build_sensor_context(instance=instance, repository_def=defs.get_repository_def())
    found = asset.site_after_release(context)
    assert [request.run_key for request in found if isinstance(request, dg.RunRequest)] == runs
