"""The wheel and the sdist, built as for a release, hold what a user needs and nothing else."""

from __future__ import annotations

import subprocess
import sys
from email.parser import Parser
from pathlib import Path
from zipfile import ZipFile

import pytest

from flake8_async_block import __version__
from tests.packaging.checkout import copy_checkout

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("distribution")]


@pytest.fixture(scope="module")
def checkout(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return copy_checkout(repository, tmp_path_factory.mktemp("checkout") / "async-block")


@pytest.fixture(scope="module")
def wheel(checkout: Path) -> ZipFile:
    """The wheel, built from the sdist, so that the sdist is known to be complete."""
    subprocess.run(
        [sys.executable, "-m", "build", "--outdir", checkout / "dist", checkout],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    (built,) = (checkout / "dist").glob("*.whl")
    return ZipFile(built)


def _metadata(wheel: ZipFile, name: str) -> str:
    return wheel.read(f"flake8_async_block-{__version__}.dist-info/{name}").decode()


def test_the_wheel_holds_every_file_of_the_package_and_no_other(
    wheel: ZipFile, checkout: Path
) -> None:
    source = checkout / "src"
    expected = {path.relative_to(source).as_posix() for path in source.rglob("*") if path.is_file()}
    packed = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert packed == expected
    assert "flake8_async_block/py.typed" in packed
    assert any(name.endswith(".toml") for name in packed)
    assert any(name.endswith(".schema.json") for name in packed)


def test_both_commands_and_the_plugin_are_announced(wheel: ZipFile) -> None:
    lines = _metadata(wheel, "entry_points.txt").splitlines()
    assert "async-block = flake8_async_block.cli:main" in lines
    assert lines[lines.index("[flake8.extension]") + 1] == (
        "ASB = flake8_async_block.plugin:Plugin"
    )


def test_a_plain_installation_needs_no_test_tools(wheel: ZipFile) -> None:
    metadata = Parser().parsestr(_metadata(wheel, "METADATA"))
    assert metadata["Requires-Python"] == ">=3.10"
    required = [line for line in metadata.get_all("Requires-Dist", []) if "extra ==" not in line]
    assert sorted(required) == [
        "flake8>=6",
        "libcst>=1.5",
        "msgspec>=0.19",
        "pathspec>=0.12",
        "rich>=13",
        "tomli>=2; python_version < '3.11'",
    ]
    assert metadata["License-Expression"] == "MIT"
    assert "LICENSE" in metadata.get_all("License-File", [])
