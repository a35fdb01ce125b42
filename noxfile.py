"""Runs the test suite on every supported interpreter that the machine has."""

from __future__ import annotations

import os
import shutil
import subprocess

import nox

nox.options.default_venv_backend = "virtualenv"
nox.options.download_python = "never"
nox.options.error_on_missing_interpreters = False
nox.options.reuse_existing_virtualenvs = True

PYTHONS = ["3.10", "3.11", "3.12", "3.13", "3.14"]


def _offer_all_pyenv_versions() -> None:
    """Let pyenv's ``python3.x`` commands work, which without this answer for one version only."""
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return
    installed = subprocess.run(
        [pyenv, "versions", "--bare", "--skip-aliases"], capture_output=True, text=True, check=False
    )
    if installed.returncode == 0:
        os.environ["PYENV_VERSION"] = ":".join(installed.stdout.split())


_offer_all_pyenv_versions()


@nox.session(python=PYTHONS)
def tests(session: nox.Session) -> None:
    """Install async-block as a user would, not editable, and run the tests against it."""
    session.install(".[test]")
    session.run("python", "-m", "pytest", "-n", "auto", "--dist", "loadgroup", *session.posargs)
