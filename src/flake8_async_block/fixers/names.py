"""Which name reaches a library function at a given place: what the file imports, and what hides it.

The fixers are told *what* to call (``anyio.to_thread.run_sync``); this module knows how that is
spelled in one function of one file, and which import is missing. Bindings are read from
:mod:`ast`; when in doubt a name counts as taken, and an alias is imported instead.
"""

from __future__ import annotations

import ast
import builtins
import keyword
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

# Importing the package is enough to reach these submodules.
_REACHED_THROUGH_PACKAGE: Final = frozenset({"anyio.to_thread", "trio.to_thread"})

_Function = ast.FunctionDef | ast.AsyncFunctionDef
_Scope = ast.Module | _Function


class NewImport(NamedTuple):
    """An import to add: ``import module`` or ``from module import member``, maybe ``as alias``."""

    module: str
    member: str = ""
    alias: str = ""

    @property
    def statement(self) -> str:
        suffix = f" as {self.alias}" if self.alias else ""
        if self.member:
            return f"from {self.module} import {self.member}{suffix}"
        return f"import {self.module}{suffix}"


@dataclass(frozen=True, slots=True)
class LibraryName:
    """A function of a library.

    Args:
        module: the module to import, such as ``anyio.to_thread``.
        attribute: the function in it, such as ``run_sync``.
        also: other full names of the same function, reused if the file imports them already.
        by_name: whether a new import brings in the function itself, not its module.
    """

    module: str
    attribute: str
    also: tuple[str, ...] = ()
    by_name: bool = False

    @property
    def full_name(self) -> str:
        return f"{self.module}.{self.attribute}"


@dataclass(frozen=True, slots=True)
class Reference:
    """How to write the function at the place asked for, and the import that this relies on."""

    text: str
    needs: NewImport | None = None


class _Import(NamedTuple):
    name: str
    target: str
    module: str
    """The module that is loaded for certain: ``a.b`` in ``import a.b``, which binds ``a``."""
    line: int
    unconditional: bool


@dataclass(slots=True)
class _Bindings:
    """The names that one scope binds: by imports, and in any other way."""

    imports: list[_Import] = field(default_factory=list)
    others: set[str] = field(default_factory=set)
    declared_global: set[str] = field(default_factory=set)
    nonlocals: set[str] = field(default_factory=set)

    def imported(self, name: str) -> list[_Import]:
        return [item for item in self.imports if item.name == name]

    def binds(self, name: str) -> bool:
        return name in self.others or bool(self.imported(name))


def _inner_nodes(scope: _Scope) -> Iterator[ast.AST]:
    """All nodes that run in the scope itself; comprehensions count as part of it."""
    pending: list[ast.AST] = list(ast.iter_child_nodes(scope))
    if not isinstance(scope, ast.Module):
        pending = [node for node in pending if node not in scope.decorator_list]
    while pending:
        node = pending.pop()
        yield node
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            pending += node.decorator_list
            if isinstance(node, ast.ClassDef):
                pending += node.bases
                pending += [keyword.value for keyword in node.keywords]
        elif not isinstance(node, ast.Lambda):
            pending += ast.iter_child_nodes(node)


def _bound_names(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Name):
        if not isinstance(node.ctx, ast.Load):
            yield node.id
    elif isinstance(node, ast.arg):
        yield node.arg
    elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        yield node.name
    elif isinstance(node, (ast.ExceptHandler, ast.MatchAs, ast.MatchStar)):
        yield from (node.name,) if node.name else ()
    elif isinstance(node, ast.MatchMapping):
        yield from (node.rest,) if node.rest else ()
    elif type(node).__name__ in ("TypeVar", "ParamSpec", "TypeVarTuple"):
        # Type parameters are new in Python 3.12, so the node types cannot be named here.
        yield str(vars(node)["name"])


def _imports(node: ast.Import | ast.ImportFrom, unconditional: bool) -> Iterator[_Import]:
    for item in node.names:
        if isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            target = f"{module}.{item.name}"
            yield _Import(item.asname or item.name, target, module, node.lineno, unconditional)
        elif item.asname:
            yield _Import(item.asname, item.name, item.name, node.lineno, unconditional)
        else:
            root = item.name.partition(".")[0]
            yield _Import(root, root, item.name, node.lineno, unconditional)


def _bindings(scope: _Scope) -> _Bindings:
    found = _Bindings()
    direct = set(map(id, scope.body))
    for node in _inner_nodes(scope):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.imports += _imports(node, id(node) in direct)
        elif isinstance(node, ast.Global):
            found.declared_global.update(node.names)
        elif isinstance(node, ast.Nonlocal):
            found.nonlocals.update(node.names)
        else:
            found.others.update(_bound_names(node))
    # What is declared nonlocal is bound further out, by more than the binding that shows there.
    found.others |= found.nonlocals
    return found


def _identifiers(root: ast.AST) -> Iterator[str]:
    """All names that are used or bound anywhere in ``root``, but those of attributes."""
    for node in ast.walk(root):
        if isinstance(node, ast.Name):
            yield node.id
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (item.name for item in _imports(node, False))
        else:
            yield from _bound_names(node)


class Resolver:
    """Spells library functions for the places of one file.

    Args:
        tree: the file's module.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._module = _bindings(tree)
        self._functions: dict[str, list[_Function]] = defaultdict(list)
        self._scopes: dict[_Function, _Bindings] = {}
        self._identifiers = set(_identifiers(tree))
        self._rebound_globals: set[str] = set()
        self._identifiers_in: dict[_Function, set[str]] = {}
        self._rebound_in: dict[_Function, set[str]] = {}
        self._given: dict[tuple[_Function, str], int] = {}
        for node in ast.walk(tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                self._functions[node.name].append(node)
            if isinstance(node, ast.Global):
                self._rebound_globals.update(node.names)

    def function(self, name: str, line: int) -> _Function:
        """The function of that name whose name stands in ``line`` (from 1)."""
        before = [node for node in self._functions[name] if node.lineno <= line]
        return max(before, key=lambda node: node.lineno)

    def name_for(self, stem: str, functions: Sequence[_Function], offset: int) -> str | None:
        """A name for a new function inside others.

        Args:
            stem: what it should be called.
            functions: the functions around it, the outermost first.
            offset: where it will stand; who asks again for the same place gets the same name.

        Returns:
            The name, perhaps with a number; None if too many are taken.
        """
        inside = functions[-1]
        if inside not in self._identifiers_in:
            self._identifiers_in[inside] = set(_identifiers(inside))
        taken = self._identifiers_in[inside]
        for name in (stem, *(f"{stem}_{number}" for number in range(2, 10))):
            owner = self._given.setdefault((inside, name), offset)
            if (
                owner == offset
                and name not in taken
                and not self._module.binds(name)
                and not hasattr(builtins, name)
                and not keyword.iskeyword(name)
            ):
                return name
        return None

    def is_shared(self, name: str, functions: Sequence[_Function]) -> bool:
        """Whether other code than the innermost of ``functions`` can rebind its name ``name``."""
        bindings = self._scope(functions[-1])
        if name in bindings.declared_global or name in bindings.nonlocals:
            return True
        inside = functions[-1]
        if inside not in self._rebound_in:
            self._rebound_in[inside] = {
                each
                for node in ast.walk(inside)
                if isinstance(node, ast.Nonlocal)
                for each in node.names
            }
        return name in self._rebound_in[inside]

    def reference(
        self, wanted: LibraryName, functions: Sequence[_Function], line: int
    ) -> Reference | None:
        """Spell a library function at a place, with what the file imports already if it can be.

        Args:
            wanted: the function.
            functions: the functions around the place, the outermost first, if any.
            line: the line of the place, from 1.

        Returns:
            The spelling, or None if every name for a new import is taken.
        """
        reused = self._reused(wanted, functions, line)
        return reused or self._new_reference(wanted, functions)

    def _scope(self, function: _Function) -> _Bindings:
        if function not in self._scopes:
            self._scopes[function] = _bindings(function)
        return self._scopes[function]

    def _reused(
        self, wanted: LibraryName, functions: Sequence[_Function], line: int
    ) -> Reference | None:
        scopes = [(self._module, functions[0].lineno if functions else line)]
        for position, function in enumerate(functions):
            inner = functions[position + 1].lineno if position + 1 < len(functions) else line
            scopes.append((self._scope(function), inner))
        spellings: list[str] = []
        for depth, (bindings, before) in enumerate(scopes):
            for item in bindings.imports:
                rest = self._rest(wanted, item, bindings)
                hidden = any(inner.binds(item.name) for inner, _ in scopes[depth + 1 :])
                if (
                    rest is not None
                    and not self._star_may_hide(item)
                    and item.unconditional
                    and item.line < before
                    and not hidden
                    and item.name not in self._rebound_globals
                    and self._is_only(item, bindings)
                ):
                    spellings.append(item.name + rest)
        return Reference(min(spellings, key=len)) if spellings else None

    def _star_may_hide(self, item: _Import) -> bool:
        """Whether a later ``from m import *`` may bring a name that is no package's."""
        return item.name != item.target and any(
            star.line > item.line for star in self._module.imported("*")
        )

    @staticmethod
    def _is_only(item: _Import, bindings: _Bindings) -> bool:
        """Whether the name means the same wherever the scope binds it."""
        same = all(other.target == item.target for other in bindings.imported(item.name))
        return same and item.name not in bindings.others

    @staticmethod
    def _rest(wanted: LibraryName, item: _Import, bindings: _Bindings) -> str | None:
        """What follows the imported name to reach the function, or None if it does not."""
        for full_name in (wanted.full_name, *wanted.also):
            if full_name == item.target:
                return ""
            if not full_name.startswith(f"{item.target}."):
                continue
            module = full_name.rpartition(".")[0]
            if (
                item.target == module
                or module in _REACHED_THROUGH_PACKAGE
                or any(
                    other.module == module and other.name == item.name for other in bindings.imports
                )
            ):
                return full_name[len(item.target) :]
        return None

    def _new_reference(
        self, wanted: LibraryName, functions: Sequence[_Function]
    ) -> Reference | None:
        if wanted.by_name:
            name, target = wanted.attribute, wanted.full_name
            if self._is_free(name, target, functions) and not self._module.imported("*"):
                return Reference(name, NewImport(wanted.module, wanted.attribute))
        else:
            name = target = wanted.module.partition(".")[0]
            if self._is_free(name, target, functions):
                return Reference(wanted.full_name, NewImport(wanted.module))
        alias = wanted.full_name if wanted.by_name else wanted.module
        alias = alias.replace(".", "_") if "." in alias else f"{alias}_module"
        if alias in self._identifiers:
            return None
        if wanted.by_name:
            return Reference(alias, NewImport(wanted.module, wanted.attribute, alias))
        return Reference(f"{alias}.{wanted.attribute}", NewImport(wanted.module, alias=alias))

    def _is_free(self, name: str, target: str, functions: Sequence[_Function]) -> bool:
        """Whether an import of ``target`` as ``name`` at the top changes nothing and is seen."""
        if name in self._rebound_globals or name in self._module.others:
            return False
        if any(item.target != target for item in self._module.imported(name)):
            return False
        return not any(self._scope(function).binds(name) for function in functions)
