import subprocess
import sys

import pytest

from storage.errors import StorageError
from storage.opening import open_store

NEVER_LOADED = """
import asyncio, sys, time
import bot.__main__
from storage.opening import open_store
async def main():
    await (await open_store("sqlite:///here.db", time.time)).close()
asyncio.run(main())
assert "asyncpg" not in sys.modules
assert not any(name.startswith("storage.postgres") for name in sys.modules)
"""


async def test_without_the_driver_the_operator_is_told_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("storage.postgres")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "asyncpg", None)
    with pytest.raises(StorageError, match=r"pip install 'verbatim-bot\[postgres\]'"):
        await open_store("postgresql://host/jobs", lambda: 0.0)


@pytest.mark.process
def test_a_process_on_sqlite_never_loads_the_driver(tmp_path, request):
    environment = {"PYTHONPATH": str(request.config.rootpath), "PATH": ""}
    subprocess.run([sys.executable, "-c", NEVER_LOADED], cwd=tmp_path, env=environment, check=True)
