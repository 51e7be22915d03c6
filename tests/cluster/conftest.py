"""A Dask cluster of two processes on this machine."""

import sys

import cloudpickle
import pytest
from dask.distributed import Client, LocalCluster


@pytest.fixture(scope="package")
def dask_client():
    with (
        LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
    ):
        yield client


@pytest.fixture
def client(dask_client):
    """The client, once both workers are there: a test before may have lost one."""
    dask_client.wait_for_workers(2, timeout=60)
    return dask_client


@pytest.fixture(autouse=True, scope="module")
def test_modules_travel_by_value(request):
    """Workers cannot import the modules of the tests."""
    module = sys.modules[request.module.__name__]
    cloudpickle.register_pickle_by_value(module)
    yield
    cloudpickle.unregister_pickle_by_value(module)
