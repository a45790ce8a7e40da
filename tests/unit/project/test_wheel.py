import zipfile

from hatchling.builders.wheel import WheelBuilder

from storage.sqlite.migrate import migrations
from tests.unit.project.checkout import ROOT, pyproject


def test_the_wheel_holds_the_three_packages_with_their_migrations_and_nothing_else(tmp_path):
    (wheel,) = WheelBuilder(str(ROOT)).build(directory=str(tmp_path), versions=["standard"])
    names = set(zipfile.ZipFile(wheel).namelist())
    packages = pyproject()["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    written = {
        file.relative_to(ROOT).as_posix()
        for package in packages
        for file in (ROOT / package).rglob("*")
        if file.is_file() and file.suffix != ".pyc"
    }
    assert {name for name in names if ".dist-info/" not in name} == written
    assert sum(name.endswith(".sql") for name in names) == len(migrations()) > 0
