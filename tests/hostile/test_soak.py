"""A small soak: good and hostile jobs, after which the process holds on to nothing. `make soak` has thousands."""

from tests.patience import patiently
from tests.soak import soak

JOBS = 60


async def test_good_and_hostile_jobs_leave_nothing_behind_in_the_process(tmp_path):
    figures = await patiently(soak(JOBS, 1, tmp_path), quiet_seconds=30)
    assert figures.is_flat, figures
