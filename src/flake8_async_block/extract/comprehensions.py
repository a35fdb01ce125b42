"""Comprehensions: their variables are their own, and a generator expression runs later."""

from __future__ import annotations

import ast
from collections.abc import Sequence

from flake8_async_block.extract.builder import FunctionBuilder, span_of
from flake8_async_block.extract.operators import OperatorReader
from flake8_async_block.extract.scope import Flow
from flake8_async_block.model.path import Op, PathOp
from flake8_async_block.model.summary import Place, PlaceName, SiteKind, Use


class ComprehensionReader(OperatorReader):
    """Reads comprehensions and generator expressions."""

    def _list_comprehension(self, node: ast.ListComp | ast.SetComp | ast.GeneratorExp) -> int:
        saved = self._enter_generators(node.generators, Place.COMPREHENSION)
        place, self.place = self.place, Place.COMPREHENSION
        if isinstance(node, ast.GeneratorExp):
            self.place = Place.GENERATOR
        element = self.read(node.elt)
        self.place = place
        self._restore(saved)
        return self.table.add(PathOp.LIST, operands=(element,))

    def _dict_comprehension(self, node: ast.DictComp) -> int:
        saved = self._enter_generators(node.generators, Place.COMPREHENSION)
        place, self.place = self.place, Place.COMPREHENSION
        self.read(node.key)
        value = self.read(node.value)
        self.place = place
        self._restore(saved)
        return self.table.add(PathOp.DICT, "", (value,), ("",))

    def _generator(self, node: ast.GeneratorExp) -> int:
        """A generator expression that nothing here exhausts: a generator function, called."""
        outer = self.function
        first = node.generators[0]
        self.read(first.iter)
        qualname = self.scope.child_name(f"<genexpr:{node.lineno}:{node.col_offset}>")
        inner = FunctionBuilder(
            qualname, span_of(node), is_async=_is_async_generator(node), is_generator=True
        )
        self.function = inner
        saved = self._enter_generators(node.generators, Place.GENERATOR, first_was_read=True)
        inner.yielded.append(self.read_at(node.elt, Place.GENERATOR))
        self._restore(saved)
        self.function = outer
        self.add_function(inner)
        function = self.table.add(PathOp.FUNCTION, qualname)
        return self.table.add(PathOp.CALL, operands=(function,))

    def _enter_generators(
        self,
        generators: Sequence[ast.comprehension],
        place: PlaceName,
        first_was_read: bool = False,
    ) -> Flow:
        """Bind the targets of a comprehension; returns the flow to restore afterwards."""
        saved = self.scope.flow
        self.scope.flow = dict(saved)
        before = self.place
        for position, generator in enumerate(generators):
            if position == 0 and first_was_read:
                iterable = self.read_silently(generator.iter)
            else:
                if generator.is_async:
                    self.mark_awaited(generator.iter)
                iterable = self.read(generator.iter)
            self.place = place
            self.record(
                SiteKind.ITERATE, iterable, generator.iter, awaited=bool(generator.is_async)
            )
            op: Op = PathOp.ASYNC_ITERATE if generator.is_async else PathOp.ITERATE
            if generator.is_async:
                self.note_await("async for", iterable, generator.iter)
            self.bind_target(generator.target, self.table.add(op, operands=(iterable,)))
            for condition in generator.ifs:
                self.mark_use(condition, Use.VALUE)
                self.read(condition)
        self.place = before
        return saved

    def _restore(self, saved: Flow) -> None:
        """Leave a comprehension: its variables are gone, what ``:=`` bound inside stays."""
        self.scope.flow = saved
        for name, path in self._walruses:
            self.scope.flow[name] = path
        self._walruses.clear()


def _is_async_generator(node: ast.GeneratorExp) -> bool:
    return any(generator.is_async for generator in node.generators)
