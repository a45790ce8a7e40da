"""Compile the catalogues into the wheel, in the place of those that people edit; the checkout stays as it is."""

import tempfile
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling runs before it packs a wheel."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Put a compiled catalogue beside each one; an editable install reads those of the checkout."""
        if version != "standard":
            return
        self._folder = tempfile.TemporaryDirectory()
        root = Path(self.root)
        for source in sorted(root.glob("bot/text/locale/*/LC_MESSAGES/*.po")):
            compiled = source.relative_to(root).with_suffix(".mo")
            target = Path(self._folder.name, compiled.parts[-3]).with_suffix(".mo")
            with source.open("rb") as read, target.open("wb") as written:
                write_mo(written, read_po(read))
            build_data["force_include"][str(target)] = str(compiled)

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002 - given
        if version == "standard":
            self._folder.cleanup()
