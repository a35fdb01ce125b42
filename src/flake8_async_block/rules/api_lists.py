"""The calls that a rule knows, written out from the catalogue.

A list kept by hand would be wrong with the next entry. So the pages of the rules end with this one:
by package, with what keeps a call from blocking, what it costs and what there is instead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final, NamedTuple

from flake8_async_block.catalogue.load import load_catalogue, shipped_tables
from flake8_async_block.catalogue.lookup import Catalogue
from flake8_async_block.catalogue.schema import (
    ClassEntry,
    Condition,
    Cost,
    FunctionEntry,
    MethodOverride,
)
from flake8_async_block.model.rule import Rule
from flake8_async_block.rules.kind import Kind
from flake8_async_block.rules.kinds import KINDS

_STANDARD_LIBRARY: Final = "The standard library"
_STANDARD_FILES: Final = "stdlib_"
_LONG: Final = 300
_COSTS: Final[tuple[Cost, ...]] = ("unbounded", "bounded", "cpu", "brief")
_LABELS: Final = {**{cost: f"*{cost}*" for cost in _COSTS}, "brief": "*opt-in*"}
_MEANINGS: Final = {
    "unbounded": "nothing limits how long it takes",
    "bounded": "it takes as long as the disk takes",
    "cpu": "it keeps a core busy",
}
_INTRODUCTION: Final = """\
## Calls it knows

This list is made from the catalogue. Where a line says nothing else, a call is *{usual}*:
{meaning}.

- What is marked *opt-in* is mostly shorter than handing it to a thread, and only reported with
  `cost = "brief"` in the settings, or `--cost brief`.
- `cost = "unbounded"` leaves only what may wait without limit.
- What you know about your own libraries belongs into `[tool.async-block.catalogue]`.

These codes are switched off alone with

```toml
[tool.async-block]
extend-ignore = ["{direct}", "{behind}"]
```

and `async-block check --select {direct},{behind}` looks for nothing else.
"""
_IMPLICIT: Final = (
    ("iterate", "iterating"),
    ("call", "calling it"),
    ("enter", "entering `with`"),
    ("exit", "leaving `with`"),
)


class _Line(NamedTuple):
    """What one entry says about one function or class: where it is, its own name, the rest."""

    owner: str
    name: str
    text: str


class _Sentence(NamedTuple):
    """One part of what a class does, and how long it takes."""

    cost: Cost
    text: str


def documentation(rule: Rule) -> str:
    """A rule's page, and the list of the calls that it knows if it has one; Markdown."""
    for kind in KINDS:
        if rule.code in {kind.direct_code, kind.behind_code}:
            return f"{rule.page.strip()}\n\n{api_list(kind)}"
    return f"{rule.page.strip()}\n"


def api_list(kind: Kind) -> str:
    """The section of a kind's page that lists its calls; Markdown, ending with a line feed."""
    catalogue = load_catalogue({})
    usual = _usual_cost(kind.what)
    packages: dict[str, list[_Line]] = {}
    for file, table in shipped_tables().items():
        lines = [
            *(line for each in table.function for line in _of_function(each, kind.what, usual)),
            *(
                line
                for each in table.class_
                for line in _of_class(catalogue, each, kind.what, usual)
            ),
        ]
        for line in lines:
            name = f"{line.owner}.{line.name}".lstrip(".").partition(".")[0]
            package = _STANDARD_LIBRARY if file.startswith(_STANDARD_FILES) else name
            packages.setdefault(package, []).append(line)
    introduction = _INTRODUCTION.format(
        usual=usual, meaning=_MEANINGS[usual], direct=kind.direct_code, behind=kind.behind_code
    )
    ordered = sorted(packages, key=lambda name: (name != _STANDARD_LIBRARY, name.lower(), name))
    return introduction + "".join(
        f"\n### {name}\n\n" + "".join(f"- {text}\n" for text in _joined(packages[name]))
        for name in ordered
    )


def _usual_cost(what: str) -> Cost:
    counted: Counter[Cost] = Counter()
    for table in shipped_tables().values():
        counted.update(each.cost for each in table.function if each.blocks == what)
        counted.update(each.cost for each in table.class_ if each.blocks == what)
    del counted["brief"]
    return counted.most_common(1)[0][0]


def _joined(lines: Iterable[_Line]) -> list[str]:
    """One text for all that is in the same place and of which the same is to be said."""
    groups: dict[tuple[str, str], dict[str, list[str]]] = {}
    for line in lines:
        # What takes many words is said once for all modules of a package.
        place = line.owner if len(line.text) <= _LONG else ""
        by_owner = groups.setdefault((place, line.text), {})
        by_owner.setdefault(line.owner, []).append(line.name)
    texts = [", ".join(_names(by_owner)) + text for (_, text), by_owner in groups.items()]
    return sorted(texts, key=lambda text: (text.lower(), text))


def _names(by_owner: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Names as code, each but the first of a module without the module."""
    for owner, names in by_owner.items():
        first, *others = dict.fromkeys(names)
        yield f"`{owner}.{first}`" if owner not in {"", "builtins"} else f"`{first}`"
        yield from (f"`{name}`" for name in others)


# functions


def _of_function(function: FunctionEntry, what: str, usual: Cost) -> Iterator[_Line]:
    if function.blocks != what:
        return
    tag = "" if function.cost == usual else f" {_LABELS[function.cost]}"
    conditions = _conditions(function.unless, function.only_if)
    for name in _one_name_each(function.names):
        owner, _, last = name.rpartition(".")
        # `httpx.AsyncClient.get` instead of `requests.get`, and so on: said once for all of them.
        instead = function.instead.removesuffix(f".{last}")
        if not instead.rpartition(".")[2][:1].isupper():
            instead = function.instead
        yield _Line(owner, last, f"{tag}{conditions}{_remedy(function, instead)}")


def _one_name_each(names: Sequence[str]) -> list[str]:
    """The preferred name of each thing: an entry may group several, each under several names."""
    preferred: dict[str, str] = {}
    for name in names:
        preferred.setdefault(name.rpartition(".")[2], name)
    return list(preferred.values())


def _remedy(entry: FunctionEntry | ClassEntry, instead: str) -> str:
    text = f"; instead: `{instead}`" if instead else ""
    if entry.thread == "never":
        return f"{text}; not in a thread"
    return f"{text}; keeps the interpreter lock" if entry.holds_gil else text


def _conditions(unless: Sequence[Condition], only_if: Sequence[Condition]) -> str:
    """In brackets, with a space before them; empty where there are none."""
    parts = []
    if only_if:
        parts.append("only " + " and ".join(_condition(each) for each in only_if))
    if unless:
        texts = dict.fromkeys(_condition(each) for each in unless)
        parts.append("not " + " or ".join(texts).replace(" or with ", ", "))
    return f" ({', '.join(parts)})" if parts else ""


def _condition(condition: Condition) -> str:
    name = condition.argument or f"argument {(condition.position or 0) + 1}"
    if condition.mentions:
        return f"with `{condition.mentions}`"
    if condition.instance:
        types = " or ".join(f"`{type_name}`" for type_name in condition.instance)
        return f"with {types} as `{name}`"
    if condition.given is not None:
        return f"with `{name}`" if condition.given else f"without `{name}`"
    return f"with `{name}={condition.equals!r}`"


# classes


def _of_class(catalogue: Catalogue, entry: ClassEntry, what: str, usual: Cost) -> Iterator[_Line]:
    sentences = [*_sentences(entry, what)]
    text = _told(sentences, usual)
    inherited = [base for base in entry.bases if _has(catalogue, base, what)]
    if inherited:
        bases = ", ".join(f"`{base}`" for base in inherited)
        text = f"{text}; else as {bases}" if text else f"as {bases}"
    if not text:
        return
    text = f": {text}{_remedy(entry, entry.instead)}"
    for name in (*_one_name_each(entry.names), *entry.patterns):
        owner, _, last = name.rpartition(".")
        yield _Line(owner, last, text)


def _has(catalogue: Catalogue, name: str, what: str) -> bool:
    return any(next(_sentences(entry, what), None) for entry in catalogue.lineage(name))


def _told(sentences: Sequence[_Sentence], usual: Cost) -> str:
    """The sentences by what they cost, the usual cost first and those to opt in to last."""
    parts = []
    for cost in sorted(_COSTS, key=lambda cost: (cost != usual, _COSTS.index(cost))):
        texts = [sentence.text for sentence in sentences if sentence.cost == cost]
        if texts:
            label = "" if cost == usual else f"{_LABELS[cost]}: "
            parts.append(label + ", ".join(texts))
    return "; ".join(parts)


def _sentences(entry: ClassEntry, what: str) -> Iterator[_Sentence]:
    """What an instance does by itself that blocks in this way."""
    if entry.blocks == what:
        yield from _of_instance(entry)
    for name in _named_methods(entry):
        override = entry.method.get(name)
        blocks = entry.blocks if override is None or override.blocks is None else override.blocks
        if blocks == what:
            cost = override.cost if override is not None and override.cost else entry.cost
            text = f"`{name}`"
            if override is not None:
                text += _conditions(override.unless, override.only_if)
                if override.instead not in {"", f"{entry.instead}.{name}"}:
                    text += f" (instead: `{override.instead}`)"
            yield _Sentence(cost, text)


def _of_instance(entry: ClassEntry) -> Iterator[_Sentence]:
    if entry.construct:
        cost = _cost(entry.construct, entry)
        conditions = _conditions(entry.construct_unless, entry.construct_only_if)
        yield _Sentence(cost, f"creating it{conditions}")
    if entry.deep:
        excepted = _but((*entry.deep_except, *_silent_methods(entry)))
        if entry.deep_methods:
            named = ", ".join(f"`{name}`" for name in entry.deep_methods)
            yield _Sentence(
                entry.cost, f"{named} at the end of any chain of its attributes{excepted}"
            )
        else:
            yield _Sentence(entry.cost, f"every call on it and on its attributes{excepted}")
    if entry.methods_except is not None:
        excepted = _but((*entry.methods_except, *_silent_methods(entry)))
        yield _Sentence(entry.cost, f"all methods{excepted}")
    for key, text in _IMPLICIT:
        value: bool | Cost = getattr(entry, key)
        if value:
            yield _Sentence(_cost(value, entry), text)
    for name in entry.properties:
        override = entry.method.get(name)
        cost = override.cost if override is not None and override.cost else entry.cost
        yield _Sentence(cost, f"reading `{name}`")


def _named_methods(entry: ClassEntry) -> list[str]:
    """Those of which the entry says by name that they block, in its order."""
    silent = _silent_methods(entry)
    names = [*entry.methods, *(name for name, each in entry.method.items() if _speaks(entry, each))]
    return [name for name in dict.fromkeys(names) if name not in {*silent, *entry.properties}]


def _speaks(entry: ClassEntry, override: MethodOverride) -> bool:
    if override.blocks:
        return True
    differs = override.cost or override.unless or override.only_if or override.instead
    return bool(differs) and (entry.deep or entry.methods_except is not None)


def _silent_methods(entry: ClassEntry) -> list[str]:
    return [name for name, override in entry.method.items() if override.blocks is False]


def _but(names: Sequence[str]) -> str:
    return " but " + ", ".join(f"`{name}`" for name in names) if names else ""


def _cost(value: bool | Cost, entry: ClassEntry) -> Cost:
    return value if isinstance(value, str) else entry.cost
