"""What the Dockerfile says, and the folder it makes of the checkout."""

import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath

from tests.patience import ran
from tests.unit.project.checkout import ROOT, text


def instructions() -> list[tuple[str, str]]:
    """Instruction and argument, in order; continued lines joined, comments left out."""
    whole = re.sub(r"^#.*\n", "", text("Dockerfile"), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in whole.splitlines() if line.strip()]
    return [(name, argument) for name, argument in lines]


def argument(name: str) -> str:
    """The argument of an instruction that stands there once."""
    (found,) = [argument for each, argument in instructions() if each == name]
    return found


def exec_form(name: str) -> list[str]:
    """The words of an instruction in exec form: no shell reads them, and signals reach the program."""
    words = json.loads(argument(name).partition("CMD")[2] if name == "HEALTHCHECK" else argument(name))
    assert isinstance(words, list)
    return words


def copies() -> list[tuple[str, str]]:
    return [
        (source, target) for each, argument in instructions() if each == "COPY" for source, target in [argument.split()]
    ]


def is_sent(path: str) -> bool:
    """Whether .dockerignore lets a file through to the build: the last rule that meets it or a folder above decides."""
    names = [path, *(str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")]
    sent = True
    for line in text(".dockerignore").splitlines():
        rule = line.strip()
        if rule and not rule.startswith("#") and any(_meets(name, rule.removeprefix("!")) for name in names):
            sent = rule.startswith("!")
    return sent


def _meets(name: str, rule: str) -> bool:
    """`*` stays within a folder, and `**/` stands for any number of them."""
    if rule.startswith("**/"):
        return fnmatchcase(PurePosixPath(name).name, rule.removeprefix("**/"))
    return name.count("/") == rule.count("/") and fnmatchcase(name, rule)


def copy_to(folder: Path) -> None:
    """What the COPY lines put into the image."""
    for source, target in copies():
        whole = ROOT / source
        for file in [whole] if whole.is_file() else [file for file in whole.rglob("*") if file.is_file()]:
            if is_sent(file.relative_to(ROOT).as_posix()):
                place = folder / target / file.relative_to(whole)
                place.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(file, place)


def started(inside: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python in the image's folder, with the installed packages and no way back to the checkout."""
    # -S leaves .pth files unread: one of them could be such a way.
    environment = {"PATH": os.defpath, "PYTHONPATH": sysconfig.get_path("purelib")}
    command = [sys.executable, "-S", *arguments]
    return ran(command, cwd=inside, env=environment)
