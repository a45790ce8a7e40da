"""The shape of the code: small functions, little nesting, and a room for every module."""

import ast
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.patience import ran
from tests.unit.project.checkout import ROOT

ROOMS = ("bot", "handlers", "storage")
LONGEST_FUNCTION = 40  # lines
DEEPEST = 3  # blocks inside one another
BLOCKS = (ast.If, ast.For, ast.While, ast.With, ast.Try, ast.Match, ast.AsyncFor, ast.AsyncWith)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)


def functions():
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, FUNCTIONS):
                    yield f"{path.relative_to(ROOT)}:{node.lineno} {node.name}", node


def depth(node: ast.AST) -> int:
    """How many blocks stand inside one another in a function; an `elif` is no deeper than its `if`."""
    inner = [
        child for child in ast.iter_child_nodes(node) if not isinstance(child, (*FUNCTIONS, ast.ClassDef, ast.Lambda))
    ]
    return max((depth(child) + is_deeper(child, node) for child in inner), default=0)


def is_deeper(child: ast.AST, parent: ast.AST) -> bool:
    is_elif = isinstance(child, ast.If) and isinstance(parent, ast.If) and parent.orelse == [child]
    return isinstance(child, BLOCKS) and not is_elif


def test_no_function_is_long():
    assert [name for name, node in functions() if node.end_lineno - node.lineno >= LONGEST_FUNCTION] == []


def test_no_function_is_nested_deeply():
    assert [name for name, node in functions() if depth(node) > DEEPEST] == []


@pytest.fixture(scope="module")
def copy(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("contracts")
    shutil.copy(ROOT / "pyproject.toml", folder)
    for room in ROOMS:
        shutil.copytree(ROOT / room, folder / room, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def contracts(folder: Path) -> subprocess.CompletedProcess[str]:
    script = "from importlinter.cli import lint_imports; raise SystemExit(lint_imports(no_cache=True))"
    return ran([sys.executable, "-c", script], cwd=folder)


FOLDERS = sorted(
    {path.parent.relative_to(ROOT).as_posix() for room in ROOMS for path in (ROOT / room).rglob("__init__.py")}
    - {"bot/playground/samples"}
)
# In the rooms of the playground no module stands below another.
LAYERED = [folder for folder in FOLDERS if not folder.startswith("bot/playground/")]


def test_a_module_that_stands_in_no_layer_is_found_in_every_room(copy):
    for folder in LAYERED:
        (copy / folder / "stray.py").write_text('"""A module that nobody has given a place."""\n')
    told = contracts(copy)
    for folder in LAYERED:
        (copy / folder / "stray.py").unlink()
    assert told.returncode != 0
    assert sorted(set(LAYERED) - {room for room in LAYERED if f"{room.replace('/', '.')}.stray" in told.stdout}) == []


def test_the_contracts_are_kept(copy):
    assert contracts(copy).returncode == 0
