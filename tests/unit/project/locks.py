"""What a lock must name, on every machine that is supported, by what its packages say that they require."""

from collections.abc import Iterator
from functools import cache
from importlib.metadata import PackageNotFoundError, distribution
from itertools import product

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = (("linux", "Linux", "x86_64"), ("linux", "Linux", "aarch64"), ("darwin", "Darwin", "arm64"))

Machine = dict[str, str]


def machines() -> Iterator[Machine]:
    """The values of environment markers on each of them."""
    for python, (platform, system, processor) in product(PYTHONS, SYSTEMS):
        yield {
            "implementation_name": "cpython",
            "implementation_version": f"{python}.0",
            "os_name": "posix",
            "platform_machine": processor,
            "platform_python_implementation": "CPython",
            "platform_system": system,
            "python_full_version": f"{python}.0",
            "python_version": python,
            "sys_platform": platform,
        }


def missing(roots: list[Requirement], lock: list[Requirement], machine: Machine) -> list[str]:
    """A sentence for each thing that is required there, by a root or by what a root requires, and not locked so."""
    locked = {canonicalize_name(each.name): each for each in lock if _holds(each, machine)}
    open_, known, found = [("verbatim", root) for root in roots if _holds(root, machine)], set(), []
    while open_:
        whose, wanted = open_.pop()
        name = canonicalize_name(wanted.name)
        pin = locked.get(name)
        if pin is None or not wanted.specifier.contains(version_of(pin), prereleases=True):
            found.append(f"{whose} requires {wanted.name} {wanted.specifier}, the lock has {pin or 'none'}")
        elif (key := (name, frozenset(wanted.extras))) not in known:
            known.add(key)
            open_ += [(name, each) for each in _required(pin, wanted.extras, machine)]
    return found


def version_of(pin: Requirement) -> str:
    (only,) = pin.specifier
    return only.version


def _required(pin: Requirement, extras: set[str], machine: Machine) -> list[Requirement]:
    """What the installed package requires; nothing is known of one that is not installed here in this version."""
    required = _installed(pin.name, version_of(pin))
    return [each for each in required if any(_holds(each, machine, extra) for extra in {"", *extras})]


@cache
def _installed(name: str, version: str) -> tuple[Requirement, ...]:
    try:
        installed = distribution(name)
    except PackageNotFoundError:
        return ()
    return tuple(map(Requirement, installed.requires or ())) if installed.version == version else ()


def _holds(requirement: Requirement, machine: Machine, extra: str = "") -> bool:
    return requirement.marker is None or requirement.marker.evaluate({**machine, "extra": extra})
