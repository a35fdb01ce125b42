"""A file's text → its summary.

Function bodies are read after the scope around them is complete, because they run later: what a
nested function sees of the outer names is all that they were ever bound to.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence
from typing import Any, Final

from flake8_async_block.extract.annotations import read_annotation
from flake8_async_block.extract.builder import ClassBuilder, FunctionBuilder, span_of
from flake8_async_block.extract.reach import always_raises, is_placeholder, says_never
from flake8_async_block.extract.scope import Flow, Scope, ScopeKind
from flake8_async_block.extract.statements import StatementReader
from flake8_async_block.model.diagnostic import Span
from flake8_async_block.model.path import NO_PATH, PathOp
from flake8_async_block.model.summary import (
    MODULE_BODY,
    ClassFacts,
    FunctionFacts,
    Guard,
    ModuleSummary,
    Parameter,
    ParameterKind,
    Place,
    Use,
)

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda
_GLOBAL_STATEMENT: Final = re.compile(rb"^[ \t]*global[ \t]+([^\r\n#;]+)", re.MULTILINE)
_NONLOCAL_STATEMENT: Final = re.compile(rb"^[ \t]*nonlocal[ \t]+([^\r\n#;]+)", re.MULTILINE)
_Deferred = tuple[FunctionNode, FunctionBuilder, Scope, ClassBuilder | None]


def extract_summary(source: bytes) -> ModuleSummary:
    """Reduce a file to the facts that its text alone tells.

    Args:
        source: the file's bytes; a byte order mark and a coding cookie are honoured.

    Raises:
        SyntaxError: the text is not Python that this interpreter reads; ``lineno`` is set where
            the parser knows it.
        ValueError: the text holds null bytes.
        RecursionError: an expression is nested too deeply.
    """
    tree = ast.parse(source)
    reader = ModuleReader()
    if b"global " in source:
        reader.declare_globals(source)
    if b"nonlocal " in source:
        reader.declare_nonlocals(source)
    return reader.read_module(tree)


class ModuleReader(StatementReader):
    """Reads one file; used once."""

    def __init__(self) -> None:
        super().__init__()
        self.module_scope = Scope(ScopeKind.MODULE, "", None)
        self.scope = self.module_scope
        self.function = FunctionBuilder(MODULE_BODY, Span(1, 0, 1, 0), is_async=False)
        self.functions: dict[str, FunctionFacts] = {}
        self.classes: dict[str, ClassFacts] = {}
        self._class_builders: list[ClassBuilder] = []
        self._builders: list[FunctionBuilder] = []
        self._deferred: list[_Deferred] = []
        self._taken: set[str] = set()

    @property
    def has_star_import(self) -> bool:
        return bool(self.stars)

    def declare_globals(self, source: bytes) -> None:
        """Make names known that only a function binds, by ``global``.

        A match in a string does no harm: the name is then looked up later, and not found.
        """
        for names in _GLOBAL_STATEMENT.findall(source):
            for name in names.decode("utf-8", "replace").split(","):
                self.module_scope.bindings.setdefault(name.strip(), [])

    def declare_nonlocals(self, source: bytes) -> None:
        """Make known which variables a function inside another one may change at any time."""
        self.nonlocal_names = frozenset(
            name.strip()
            for names in _NONLOCAL_STATEMENT.findall(source)
            for name in names.decode("utf-8", "replace").split(",")
        )

    def read_module(self, tree: ast.Module) -> ModuleSummary:
        module = self.function
        self.read_block(tree.body)
        self._builders.append(module)
        self._read_deferred()
        self.settle_late_items(self.module_scope)
        self._settle_late_variables()
        for builder in self._builders:
            self.functions[builder.qualname] = builder.finish()
        for class_builder in self._class_builders:
            self.classes[class_builder.qualname] = class_builder.finish()
        return ModuleSummary(
            nodes=tuple(self.table.nodes),
            names=dict(self.module_scope.flow),
            stars=tuple(self.stars),
            functions=self.functions,
            classes=self.classes,
            stores=tuple(self.stores),
        )

    def _settle_late_variables(self) -> None:
        for scope, name, late in self.late_variables:
            self.table.settle(late, scope.changed.get(name, []))
        late_steps = {late for _, _, late in self.late_variables}
        for builder in self._builders:
            for late in builder.awaited_paths & late_steps:
                builder.awaited_paths.update(self.table.nodes[late].operands)

    def module_scope_bind(self, name: str, path: int) -> None:
        scope = self.module_scope
        scope.bindings.setdefault(name, []).append(path)
        before = scope.flow.get(name)
        scope.flow[name] = path if before is None else self.table.union(before, path)

    def add_function(self, builder: FunctionBuilder) -> None:
        self._builders.append(builder)

    # definitions

    def _unique(self, qualname: str) -> str:
        """``qualname``, numbered where the file defines it more than once."""
        unique, number = qualname, 1
        while unique in self._taken:
            number += 1
            unique = f"{qualname}#{number}"
        self._taken.add(unique)
        return unique

    def _function_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
        owner = self.current_class if self.scope.kind is ScopeKind.CLASS else None
        decorators = tuple(
            self.read_at(decorator, Place.DECORATOR) for decorator in node.decorator_list
        )
        builder = self._define(node, self.scope.child_name(node.name), owner)
        builder.decorators = decorators
        path = self.table.add(PathOp.FUNCTION, builder.qualname)
        # A method that a class below may redefine only keeps what its annotation promises.
        if says_never(node.returns) or (owner is None and always_raises(node)):
            self.never_return[builder.qualname] = builder.is_async
        if owner is not None:
            owner.methods.setdefault(node.name, []).append(builder.qualname)
            self.scope.flow[node.name] = path
        else:
            self.bind(node.name, path)
        return False

    def function_called(self, callee: int) -> str:
        node = self.table.nodes[callee]
        if node.op == PathOp.GLOBAL and len(self.module_scope.bindings.get(node.name, ())) == 1:
            node = self.table.nodes[self.module_scope.flow.get(node.name, callee)]
        elif node.op == PathOp.ATTRIBUTE:
            owner = self.self_owners.get(node.operands[0])
            definitions = owner.methods.get(node.name, []) if owner is not None else []
            return definitions[0] if len(definitions) == 1 else ""
        return node.name if node.op == PathOp.FUNCTION else ""

    def _lambda(self, node: ast.Lambda) -> int:
        name = self.scope.child_name(f"<lambda:{node.lineno}:{node.col_offset}>")
        builder = self._define(node, name, None)
        return self.table.add(PathOp.FUNCTION, builder.qualname)

    def _define(
        self, node: FunctionNode, qualname: str, owner: ClassBuilder | None
    ) -> FunctionBuilder:
        builder = FunctionBuilder(
            self._unique(qualname),
            span_of(node),
            is_async=isinstance(node, ast.AsyncFunctionDef),
            owner=owner.qualname if owner is not None else "",
        )
        outer = self.scope.flow
        if getattr(node, "type_params", ()):
            self.scope.flow = {**outer, **self._type_parameters(node, builder.qualname)}
        builder.parameters = self._parameters(node.args)
        if not isinstance(node, ast.Lambda):
            builder.returns = read_annotation(self, node.returns)
        self.scope.flow = outer
        self._builders.append(builder)
        self._deferred.append((node, builder, self.scope, owner))
        return builder

    def _parameters(self, arguments: ast.arguments) -> tuple[Parameter, ...]:
        parameters: list[Parameter] = []
        positional = [*arguments.posonlyargs, *arguments.args]
        undefaulted = len(positional) - len(arguments.defaults)
        for position, argument in enumerate(positional):
            default = NO_PATH
            if position >= undefaulted:
                node = arguments.defaults[position - undefaulted]
                default = self.read_at(node, Place.DEFAULT)
            parameters.append(self._parameter(argument, ParameterKind.POSITIONAL, default))
        if arguments.vararg is not None:
            parameters.append(self._parameter(arguments.vararg, ParameterKind.VAR_POSITIONAL))
        for argument, keyword_default in zip(
            arguments.kwonlyargs, arguments.kw_defaults, strict=True
        ):
            default = NO_PATH
            if keyword_default is not None:
                default = self.read_at(keyword_default, Place.DEFAULT)
            parameters.append(self._parameter(argument, ParameterKind.KEYWORD, default))
        if arguments.kwarg is not None:
            parameters.append(self._parameter(arguments.kwarg, ParameterKind.VAR_KEYWORD))
        return tuple(parameters)

    def _parameter(self, argument: ast.arg, kind: str, default: int = NO_PATH) -> Parameter:
        annotation = read_annotation(self, argument.annotation)
        return Parameter(argument.arg, kind, annotation, default)

    def _class_definition(self, node: ast.ClassDef) -> bool:
        decorators = tuple(
            self.read_at(decorator, Place.DECORATOR) for decorator in node.decorator_list
        )
        builder = ClassBuilder(self._unique(self.scope.child_name(node.name)), span_of(node))
        builder.decorators = decorators
        outer_scope, outer_class = self.scope, self.current_class
        scope = Scope(ScopeKind.CLASS, builder.qualname, outer_scope)
        self._bind_type_parameters(node, scope)
        builder.type_parameters = tuple(scope.flow)
        self.scope = scope
        builder.bases = tuple(read_annotation(self, base) for base in node.bases)
        self.scope = outer_scope
        for keyword in node.keywords:
            self.read(keyword.value)
        self.bind(node.name, self.table.add(PathOp.CLASS, builder.qualname))
        self._class_builders.append(builder)
        self.scope, self.current_class = scope, builder
        self.read_block(node.body)
        self.scope, self.current_class = outer_scope, outer_class
        return False

    def _bind_type_parameters(self, node: Any, scope: Scope) -> None:
        for name, path in self._type_parameters(node, scope.qualname).items():
            scope.flow[name] = path
            scope.bindings[name] = [path]

    def _type_parameters(self, node: Any, owner: str) -> Flow:
        """PEP 695: ``class C[T: Bound]`` is ``T = TypeVar("C.T", bound=Bound)``."""
        parameters = {}
        for parameter in getattr(node, "type_params", ()):
            bound = getattr(parameter, "bound", None)
            operands = [
                self.table.add(PathOp.NAME, "typing.TypeVar"),
                self.table.constant(f"{owner}.{parameter.name}"),
            ]
            keywords: tuple[str, ...] = ()
            if isinstance(bound, ast.Tuple):
                operands += [read_annotation(self, each) for each in bound.elts]
            elif bound is not None:
                operands.append(read_annotation(self, bound))
                keywords = ("bound",)
            path = self.table.add(PathOp.CALL, "", tuple(operands), keywords)
            parameters[parameter.name] = path
        return parameters

    # deferred bodies

    def _read_deferred(self) -> None:
        while self._deferred:
            pending, self._deferred = self._deferred, []
            for node, builder, parent, owner in pending:
                self._read_body(node, builder, parent, owner)

    def _read_body(
        self,
        node: FunctionNode,
        builder: FunctionBuilder,
        parent: Scope,
        owner: ClassBuilder | None,
    ) -> None:
        scope = Scope(ScopeKind.FUNCTION, builder.qualname, parent)
        self._bind_type_parameters(node, scope)
        self.scope, self.function, self.current_class = scope, builder, None
        self.place = Place.EXPRESSION
        self.guard = Guard.NONE
        for position, parameter in enumerate(builder.parameters):
            path = self.table.add(PathOp.PARAMETER, f"{builder.qualname}:{parameter.name}")
            scope.bind(parameter.name, path)
            if position == 0 and owner is not None and not self._is_static(node):
                self.self_owners[path] = owner
        if isinstance(node, ast.Lambda):
            builder.returned.append(self.read(node.body))
        else:
            builder.is_abstract = is_placeholder(node.body, node.decorator_list)
            self._declare_outer_names(node.body, scope)
            self.read_block(node.body)
            if builder.promises:
                self._note_forgotten(node, builder)

    def _note_forgotten(self, node: ast.AST, builder: FunctionBuilder) -> None:
        """Note the promises in variables that nothing ever reads."""
        read = {
            inner.id
            for inner in ast.walk(node)
            if isinstance(inner, ast.Name) and not isinstance(inner.ctx, ast.Store)
        }
        for name, path in builder.promises:
            if name not in read:
                builder.uses.setdefault(path, Use.DROPPED)

    def _declare_outer_names(self, body: Sequence[ast.stmt], scope: Scope) -> None:
        """``global`` and ``nonlocal`` hold for the whole function, wherever they stand."""
        for statement in body:
            if isinstance(statement, ast.Global):
                scope.global_names.update(statement.names)
            elif isinstance(statement, ast.Nonlocal):
                scope.nonlocal_names.update(statement.names)

    def _is_static(self, node: FunctionNode) -> bool:
        return not isinstance(node, ast.Lambda) and any(
            isinstance(decorator, ast.Name) and decorator.id == "staticmethod"
            for decorator in node.decorator_list
        )
