"""Finding the settings file and turning it into a :class:`Config`, or into one clear complaint."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, Literal, get_args

import msgspec

from flake8_async_block.config.settings import DEFAULT_EXCLUDE, TOOL_PREFIX, Config
from flake8_async_block.model.errors import UsageError

_TABLE: Final = "async-block"
_FILE_NAME: Final = "pyproject.toml"
_REPLACING: Final = ("exclude", "src", "cost", "backend", "respect_gitignore", "force_exclude")
_ADDING: Final = ("extend_select", "extend_ignore", "extend_exclude")

_Cost = Literal["unbounded", "bounded", "brief"]


class _Table(msgspec.Struct, frozen=True, rename="kebab"):
    """``[tool.async-block]``, key by key; :class:`Config` says what each means."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    extend_ignore: tuple[str, ...] = ()
    per_file_ignores: dict[str, tuple[str, ...]] = {}
    exclude: tuple[str, ...] = DEFAULT_EXCLUDE
    extend_exclude: tuple[str, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    src: tuple[str, ...] = (".", "src")
    cost: _Cost = "bounded"
    per_file_cost: dict[str, _Cost] = {}
    backend: Literal["auto", "anyio", "asyncio", "starlette", "trio", "executor"] = "auto"
    catalogue: dict[str, Any] = {}


def common_start(paths: Sequence[Path], cwd: Path) -> Path:
    """The directory from which the settings are looked for, upward.

    Args:
        paths: what the user named; files, directories, or nothing.
        cwd: the working directory, absolute.

    Returns:
        The deepest directory that holds all of them; ``cwd`` when there are none.
    """
    absolute = [os.path.normpath(cwd / path) for path in paths]
    try:
        common = os.path.commonpath(absolute or [str(cwd)])
    except ValueError:
        # Several drives have nothing in common.
        return cwd
    start = Path(common)
    while not start.is_dir() and start != start.parent:
        start = start.parent
    return start


def load_config(
    start: Path,
    *,
    config_file: Path | None,
    known_codes: Sequence[str],
    overrides: Mapping[str, Any],
) -> Config:
    """Read the settings that hold for ``start``.

    They are in the nearest ``pyproject.toml`` upward that has ``[tool.async-block]``, as far as
    the repository reaches. Without one the defaults hold, and the project's root is the nearest
    directory upward with a ``pyproject.toml`` or ``.git``, or else the outermost package around
    ``start``, or ``start`` itself.

    Args:
        start: an absolute directory, see :func:`common_start`.
        config_file: use this file instead of looking for one.
        known_codes: the codes of all rules; a prefix of none of them is a mistake.
        overrides: settings by the field names of :class:`Config`, from the command line. They
            replace what the file says; the ``extend_`` ones add to it. ``select`` sets aside all
            that the file says about codes, except for single files.

    Raises:
        UsageError: the file cannot be read or says something that makes no sense.
    """
    source, table, root = _search(start) if config_file is None else _read_named(config_file)
    config = _to_config(table or {}, root, source, known_codes)
    return _override(config, overrides, known_codes)


def _read_named(config_file: Path) -> tuple[Path | None, Mapping[str, Any] | None, Path]:
    # Not resolved: the project is where the user says it is, even through a symbolic link.
    source = Path(os.path.normpath(config_file.absolute()))
    table = _read_table(source)
    if table is None:
        raise UsageError(f"{config_file}: there is no [tool.{_TABLE}] table in it")
    return source, table, source.parent


def _search(start: Path) -> tuple[Path | None, Mapping[str, Any] | None, Path]:
    root: Path | None = None
    for directory in (start, *start.parents):
        candidate = directory / _FILE_NAME
        has_file = candidate.is_file()
        is_repository = (directory / ".git").exists()
        if has_file:
            table = _read_table(candidate)
            if table is not None:
                return candidate, table, directory
        if root is None and (has_file or is_repository):
            root = directory
        if is_repository:
            break
    return None, None, root or _outermost_package(start)


def _outermost_package(directory: Path) -> Path:
    """The package around a directory that no project file claims, or the directory itself."""
    while all((each / "__init__.py").is_file() for each in (directory, directory.parent)):
        directory = directory.parent
    return directory


def _read_table(path: Path) -> Mapping[str, Any] | None:
    """The table of one file, or None where there is none."""
    shown = _shown(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{shown}: cannot read the file: {error.strerror or error}") from error
    if b"async-block" not in content and b"async_block" not in content:
        return None
    if sys.version_info >= (3, 11):
        import tomllib
    else:
        import tomli as tomllib

    try:
        document = tomllib.loads(content.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{shown}: not valid TOML: {error}") from error
    tools = document.get("tool", {})
    if not isinstance(tools, dict):
        return None
    for wrong in ("async_block", "flake8-async-block", "flake8_async_block"):
        if wrong in tools:
            raise UsageError(f"{shown}: [tool.{wrong}] is not read, write [tool.{_TABLE}]")
    table = tools.get(_TABLE)
    if table is not None and not isinstance(table, dict):
        raise UsageError(f"{shown}: tool.{_TABLE} must be a table, write [tool.{_TABLE}]")
    return table


def _to_config(
    table: Mapping[str, Any], root: Path, source: Path | None, known_codes: Sequence[str]
) -> Config:
    shown = _shown(source) if source is not None else _FILE_NAME
    names = {field.encode_name for field in msgspec.structs.fields(_Table)}
    for key in table:
        if key not in names:
            raise UsageError(f"{shown}: {_unknown_key(key, names)}")
    try:
        values = msgspec.convert(table, _Table)
    except msgspec.ValidationError as error:
        raise UsageError(f"{shown}: {_explain(str(error), table)}") from error
    _check_table(values, shown)

    def codes(key: str, selectors: Sequence[str]) -> tuple[str, ...]:
        return _checked_codes(f"{shown}: [tool.{_TABLE}] {key}", selectors, known_codes)

    return Config(
        root=root,
        select=None if values.select is None else codes("select", values.select),
        ignore=codes("ignore", values.ignore),
        extend_select=codes("extend-select", values.extend_select),
        extend_ignore=codes("extend-ignore", values.extend_ignore),
        per_file_ignores=tuple(
            (pattern, codes(f'per-file-ignores."{pattern}"', selectors))
            for pattern, selectors in values.per_file_ignores.items()
        ),
        exclude=values.exclude,
        extend_exclude=values.extend_exclude,
        force_exclude=values.force_exclude,
        respect_gitignore=values.respect_gitignore,
        src=values.src,
        cost=values.cost,
        per_file_cost=tuple(values.per_file_cost.items()),
        backend=values.backend,
        catalogue=values.catalogue,
        source=source,
    )


def _override(config: Config, overrides: Mapping[str, Any], known_codes: Sequence[str]) -> Config:
    from dataclasses import replace

    def codes(name: str) -> tuple[str, ...]:
        option = "--" + name.replace("_", "-")
        return _checked_codes(option, overrides.get(name) or (), known_codes)

    given = {name for name, value in overrides.items() if value is not None}
    changes: dict[str, Any] = {name: overrides[name] for name in _REPLACING if name in given}
    if "select" in given:
        changes.update(select=codes("select"), ignore=(), extend_select=(), extend_ignore=())
        config = replace(config, extend_select=(), extend_ignore=())
    if "ignore" in given:
        changes["ignore"] = codes("ignore")
    for name in _ADDING:
        if name in given:
            added = codes(name) if name != "extend_exclude" else tuple(overrides[name])
            changes[name] = (*getattr(config, name), *added)
    return replace(config, **changes)


def _check_table(values: _Table, shown: str) -> None:
    for directory in values.src:
        if Path(directory).is_absolute() or not directory:
            raise UsageError(
                f"{shown}: [tool.{_TABLE}] src: {directory!r} must be a directory relative to"
                " this file"
            )
    for key, patterns in (
        ("per-file-ignores", values.per_file_ignores),
        ("per-file-cost", values.per_file_cost),
    ):
        for pattern in patterns:
            if Path(pattern).is_absolute() or not pattern:
                raise UsageError(
                    f"{shown}: [tool.{_TABLE}] {key}: {pattern!r} must be a pattern"
                    " relative to this file"
                )


def _checked_codes(
    place: str, selectors: Sequence[str], known_codes: Sequence[str]
) -> tuple[str, ...]:
    checked = []
    for selector in selectors:
        code = selector.strip().upper()
        if not code or not any(known.startswith(code) for known in known_codes):
            raise UsageError(f"{place}: {_unknown_code(selector, known_codes)}")
        checked.append(code)
    return tuple(checked)


def _unknown_code(selector: str, known_codes: Sequence[str]) -> str:
    from difflib import get_close_matches

    # Letters that are read as digits are the likeliest slip.
    typed = selector.strip().upper().translate(str.maketrans("OIL", "011"))
    near = []
    if typed.startswith(TOOL_PREFIX):
        prefixes = {known[:end] for known in known_codes for end in range(4, len(known) + 1)}
        near = get_close_matches(typed, sorted(prefixes), n=1)
    hint = f"did you mean {near[0]!r}?" if near else "`async-block rules` lists the codes"
    return f"no rule's code starts with {selector!r}, {hint}"


def _unknown_key(key: str, names: set[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(key, sorted(names), n=1, cutoff=0.5)
    hint = f"did you mean {near[0]!r}?" if near else f"the keys are {', '.join(sorted(names))}"
    return f"[tool.{_TABLE}] has no key {key!r}, {hint}"


def _explain(message: str, table: Mapping[str, Any]) -> str:
    """Say in TOML's words what the decoder says in those of JSON.

    Args:
        message: such as ``Expected `array`, got `str` - at `$.select```.
        table: what was decoded.
    """
    reason, _, place = message.partition(" - at `$.")
    key, _, inner = place.rstrip("`").partition("[")
    wanted = re.fullmatch(r"Expected `([^`]*)`, got `([^`]*)`", reason)
    if wanted is not None:
        types = [_TOML_TYPES.get(kind, kind) for kind in wanted[1].split(" | ") if kind != "null"]
        got = _TOML_TYPES.get(wanted[2], wanted[2])
        # "[...]" stands for the values of a table, "[0]" for the first item of a list.
        kind_of_entry = "code" if "][" in inner else "entry"
        where = f"every {kind_of_entry} of {key}" if inner else key
        return f"[tool.{_TABLE}] {where} must be {' or '.join(types)}, not {got}"
    choices = _choices(key)
    if choices and isinstance(table.get(key), str):
        return f"[tool.{_TABLE}] {key}: {_wrong_choice(table[key], choices)}"
    if key == "per-file-cost":
        # The decoder does not say which entry it is.
        for pattern, cost in table[key].items():
            if cost not in get_args(_Cost):
                return f"[tool.{_TABLE}] {key}.{pattern!r}: {_wrong_choice(cost, get_args(_Cost))}"
    return f"[tool.{_TABLE}] {key}: {reason}"


def _choices(key: str) -> tuple[str, ...]:
    for found in msgspec.structs.fields(_Table):
        if found.encode_name == key:
            return tuple(getattr(found.type, "__args__", ()))
    return ()


def _wrong_choice(value: str, choices: Sequence[str]) -> str:
    from difflib import get_close_matches

    near = get_close_matches(value, choices, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"choose from {', '.join(choices)}"
    return f"unknown value {value!r}, {hint}"


def _shown(path: Path) -> str:
    """The file as the user would name it: relative where it lies below the working directory."""
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


_TOML_TYPES: Final = {
    "array": "a list",
    "str": "a string",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "object": "a table",
}
