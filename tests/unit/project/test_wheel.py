import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from hatchling.builders.wheel import WheelBuilder

from storage.postgres.migrate import migrations as of_postgres
from storage.sqlite.migrate import migrations as of_sqlite
from tests.unit.project.checkout import ROOT, pyproject


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    (built,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path_factory.mktemp("wheel")), versions=["standard"])
    return Path(built)


def test_the_wheel_holds_the_three_packages_with_their_migrations_and_nothing_else(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())
    packages = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    written = {
        file.relative_to(ROOT).as_posix().removesuffix(".po") + ".mo" * (file.suffix == ".po")
        for package in packages
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert {name for name in names if ".dist-info/" not in name} == written
    assert sum(name.endswith(".sql") for name in names) == len(of_sqlite()) + len(of_postgres()) > 1


def test_the_compiled_catalogues_of_the_wheel_say_what_those_of_the_checkout_say(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    script = (
        "from bot.text.texts import Texts\nfor tag in ('de', 'pt-BR', 'ar'): print(ascii(Texts(tag).cancelling.done()))"
    )
    installed, here = (
        subprocess.run([sys.executable, "-c", script], cwd=folder, capture_output=True, check=True).stdout
        for folder in (tmp_path, ROOT)
    )
    assert installed == here
    assert b"Cancelled" not in here


def test_building_a_wheel_leaves_nothing_compiled_in_the_checkout(wheel):
    assert wheel.exists()
    assert list((ROOT / "bot").rglob("*.mo")) == []
