"""``async-block explain`` and ``async-block rules``."""

from __future__ import annotations

import json

import pytest

from flake8_async_block.cli import main
from flake8_async_block.model.rule import Rule
from flake8_async_block.rules import ALL_RULES
from flake8_async_block.rules.api_lists import documentation


@pytest.mark.parametrize("rule", ALL_RULES, ids=lambda rule: rule.code)
def test_page_by_code(rule: Rule, capsys: pytest.CaptureFixture[str]) -> None:
    for wanted in (rule.code, rule.code.lower()):
        assert main(["explain", wanted]) == 0
        assert capsys.readouterr().out == documentation(rule)


def test_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", ALL_RULES[0].name]) == 0
    assert capsys.readouterr().out == documentation(ALL_RULES[0])


def test_on_a_terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert main(["explain", "ASB101"]) == 0
    assert "\x1b[" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("wanted", "hint"),
    [
        ("blocking-slep", "did you mean ASB101 ("),
        ("qqqqqqq", "`async-block rules` lists them"),
    ],
)
def test_unknown_rule(wanted: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["explain", wanted]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"async-block: error: there is no rule '{wanted}', ")
    assert hint in error


def test_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(ALL_RULES)
    for line, rule in zip(lines, ALL_RULES, strict=True):
        code, name, state = line.split()[:3]
        assert (code, name, state) == (rule.code, rule.name, "on" if rule.default else "off")
        assert line.endswith(rule.summary)


def test_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["rules", "--output-format", "json"]) == 0
    assert json.loads(capsys.readouterr().out) == [
        {"code": rule.code, "name": rule.name, "summary": rule.summary, "default": rule.default}
        for rule in ALL_RULES
    ]
