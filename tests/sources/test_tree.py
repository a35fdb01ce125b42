"""Which file a module name means."""

from __future__ import annotations

from pathlib import Path

import pytest

from flake8_async_block.sources import SourceTree


class Project:
    """A directory with empty modules, and what names mean in it."""

    def __init__(self, root: Path, *files: str, src: tuple[str, ...] = (".", "src")) -> None:
        self.root = root
        for name in files:
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("")
        self.tree = SourceTree((), root, src)

    def find(self, name: str, importer: str) -> str | None:
        lookup = self.tree.find_relative if name.startswith(".") else self.tree.find
        found = lookup(name, self.root / importer)
        return None if found is None else found.relative_to(self.root).as_posix()

    def is_namespace(self, name: str, importer: str) -> bool:
        return self.tree.is_namespace(name, self.root / importer)


def test_modules_and_packages_from_the_root(tmp_path: Path) -> None:
    project = Project(tmp_path, "app/__init__.py", "app/api/__init__.py", "app/api/a.py", "main.py")
    assert project.find("app", "main.py") == "app/__init__.py"
    assert project.find("app.api", "main.py") == "app/api/__init__.py"
    assert project.find("app.api.a", "main.py") == "app/api/a.py"
    assert project.find("main", "app/api/a.py") == "main.py"
    for unknown in ("app.gone", "app.api.a.name", "gone", "app.__init__", "", "app..api", "app."):
        assert project.find(unknown, "main.py") is None


def test_a_root_that_is_itself_a_package(tmp_path: Path) -> None:
    names = ("__init__.py", "api/__init__.py", "api/a.py", "logging/__init__.py", "data/b.py")
    project = Project(tmp_path / "app", *names)
    for importer in ("__init__.py", "api/a.py"):
        assert project.find("app", importer) == "__init__.py"
        assert project.find("app.api.a", importer) == "api/a.py"
        assert project.find("app.gone", importer) is None
        assert project.find("logging", importer) is None
        assert project.find("application", importer) is None
    assert project.find("app.logging", "api/a.py") == "logging/__init__.py"
    assert project.is_namespace("app.data", "api/a.py")


def test_src_directory(tmp_path: Path) -> None:
    project = Project(tmp_path, "src/app/__init__.py", "src/app/a.py", "tests/test_a.py")
    assert project.find("app.a", "tests/test_a.py") == "src/app/a.py"


def test_configured_roots_in_order(tmp_path: Path) -> None:
    files = ("one/x.py", "two/x.py", "two/y.py", "three/z.py")
    project = Project(tmp_path, *files, src=("two", "one"))
    assert project.find("x", "three/z.py") == "two/x.py"
    assert project.find("y", "one/x.py") == "two/y.py"
    assert project.find("one.x", "three/z.py") == "one/x.py"


def test_several_applications_in_one_repository(tmp_path: Path) -> None:
    project = Project(
        tmp_path,
        "backend/app/__init__.py",
        "backend/app/db.py",
        "backend/tests/test_db.py",
        "tools/x/app/__init__.py",
        "tools/x/app/db.py",
        "tools/x/run.py",
    )
    assert project.find("app.db", "backend/tests/test_db.py") == "backend/app/db.py"
    assert project.find("app.db", "backend/app/__init__.py") == "backend/app/db.py"
    assert project.find("app.db", "tools/x/run.py") == "tools/x/app/db.py"
    assert project.find("app.db", "tools/x/app/db.py") == "tools/x/app/db.py"


def test_nearest_directory_first(tmp_path: Path) -> None:
    project = Project(tmp_path, "a/helpers.py", "a/b/helpers.py", "a/b/run.py", "a/run.py")
    assert project.find("helpers", "a/b/run.py") == "a/b/helpers.py"
    assert project.find("helpers", "a/run.py") == "a/helpers.py"


def test_nothing_above_the_root(tmp_path: Path) -> None:
    (tmp_path / "above.py").write_text("")
    project = Project(tmp_path / "root", "a/x.py")
    assert project.find("above", "a/x.py") is None
    assert project.find("...above", "a/x.py") is None


def test_file_outside_the_project(tmp_path: Path) -> None:
    Project(tmp_path, "other/deep/x.py", "other/deep/y.py", "other/z.py")
    tree = Project(tmp_path / "root", "app/__init__.py").tree
    importer = tmp_path / "other/deep/x.py"
    assert tree.find("y", importer) == tmp_path / "other/deep/y.py"
    assert tree.find("app", importer) == tmp_path / "root/app/__init__.py"
    assert tree.find("z", importer) is None


def test_module_inside_a_package_is_no_top_level_module(tmp_path: Path) -> None:
    files = ("app/__init__.py", "app/cache/__init__.py", "app/cache/redis.py", "app/cache/c.py")
    project = Project(tmp_path, *files)
    for importer in ("app/cache/c.py", "app/cache/redis.py", "app/__init__.py"):
        assert project.find("redis", importer) is None
        assert project.find("app.cache.redis", importer) == "app/cache/redis.py"


def test_a_script_named_as_what_it_imports(tmp_path: Path) -> None:
    project = Project(tmp_path, "cache/redis.py", "cache/client.py")
    assert project.find("redis", "cache/redis.py") is None
    assert project.find("redis", "cache/client.py") == "cache/redis.py"


class TestStandardLibrary:
    def test_beside_a_script(self, tmp_path: Path) -> None:
        project = Project(tmp_path, "tools/queue.py", "tools/run.py", "tools/sub/run.py", "app.py")
        assert project.find("queue", "tools/run.py") == "tools/queue.py"
        assert project.find("queue", "tools/queue.py") is None
        assert project.find("queue", "tools/sub/run.py") is None
        assert project.find("queue", "app.py") is None

    def test_at_a_configured_root(self, tmp_path: Path) -> None:
        project = Project(
            tmp_path, "queue.py", "app/x.py", "src/select/__init__.py", "src/select/m.py"
        )
        assert project.find("queue", "app/x.py") == "queue.py"
        assert project.find("select.m", "app/x.py") == "src/select/m.py"

    def test_in_a_package(self, tmp_path: Path) -> None:
        project = Project(tmp_path, "app/__init__.py", "app/http.py", "app/http_client.py")
        assert project.find("http", "app/http_client.py") is None

    def test_a_directory_without_init_shadows_nothing(self, tmp_path: Path) -> None:
        project = Project(tmp_path, "http/handlers.py", "email/templates/x.py", "app.py")
        assert project.find("http.handlers", "app.py") is None
        assert not project.is_namespace("http", "app.py")
        assert not project.is_namespace("email.templates", "app.py")

    def test_what_is_loaded_first_cannot_be_shadowed(self, tmp_path: Path) -> None:
        project = Project(tmp_path, "time.py", "os.py", "sys.py", "app.py")
        for name in ("time", "os", "os.path", "sys"):
            assert project.find(name, "app.py") is None


class TestPrecedence:
    def test_package_over_module_over_namespace(self, tmp_path: Path) -> None:
        files = ("a/__init__.py", "a.py", "a/x.py", "b.py", "b/x.py", "c/x.py", "m.py")
        project = Project(tmp_path, *files)
        assert project.find("a", "m.py") == "a/__init__.py"
        assert project.find("a.x", "m.py") == "a/x.py"
        assert project.find("b", "m.py") == "b.py"
        assert project.find("b.x", "m.py") is None
        assert project.find("c", "m.py") is None
        assert project.find("c.x", "m.py") == "c/x.py"

    def test_namespace_does_not_hide_a_package_elsewhere(self, tmp_path: Path) -> None:
        project = Project(tmp_path, "app/notes.py", "src/app/__init__.py", "src/app/a.py", "m.py")
        assert project.find("app", "m.py") == "src/app/__init__.py"
        assert project.find("app.a", "m.py") == "src/app/a.py"
        assert not project.is_namespace("app", "m.py")


class TestNamespace:
    def test_directories_with_modules(self, tmp_path: Path) -> None:
        files = ("ns/a.py", "ns/deep/er/b.py", "pkg/__init__.py", "pkg/inner/c.py", "m.py")
        project = Project(tmp_path, *files)
        (tmp_path / "docs").mkdir()
        (tmp_path / "docs/readme.txt").write_text("")
        assert project.is_namespace("ns", "m.py")
        assert project.is_namespace("ns.deep", "m.py")
        assert project.is_namespace("pkg.inner", "m.py")
        for other in ("pkg", "docs", "ns.a", "gone", "m"):
            assert not project.is_namespace(other, "ns/a.py")
        assert project.find("ns.deep.er.b", "m.py") == "ns/deep/er/b.py"

    def test_relative(self, tmp_path: Path) -> None:
        project = Project(tmp_path, "pkg/__init__.py", "pkg/inner/c.py", "pkg/m.py", "ns/a.py")
        assert project.is_namespace(".inner", "pkg/m.py")
        assert not project.is_namespace(".", "pkg/m.py")
        assert project.is_namespace(".", "ns/a.py")
        assert project.is_namespace("..ns", "pkg/m.py")
        assert not project.is_namespace("...", "pkg/m.py")


@pytest.mark.parametrize(
    ("name", "importer", "found"),
    [
        (".", "app/api/a.py", "app/api/__init__.py"),
        (".b", "app/api/a.py", "app/api/b.py"),
        (".b", "app/api/__init__.py", "app/api/b.py"),
        (".", "app/api/__init__.py", "app/api/__init__.py"),
        ("..db", "app/api/a.py", "app/db.py"),
        ("..", "app/api/a.py", "app/__init__.py"),
        ("..db.session", "app/api/a.py", None),
        ("..api.b", "app/api/a.py", "app/api/b.py"),
        ("...app.db", "app/api/a.py", "app/db.py"),
        (".gone", "app/api/a.py", None),
        ("....x", "app/api/a.py", None),
        (".ns.z", "app/db.py", "app/ns/z.py"),
        (".ns", "app/db.py", None),
    ],
)
def test_relative_imports(tmp_path: Path, name: str, importer: str, found: str | None) -> None:
    files = ("app/__init__.py", "app/db.py", "app/api/__init__.py", "app/api/a.py", "app/api/b.py")
    assert Project(tmp_path, *files, "app/ns/z.py").find(name, importer) == found


def test_files_that_are_only_buffers(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app/__init__.py").write_text("")
    new = [tmp_path / "app/new.py", tmp_path / "lib/deep/x.py", tmp_path / "lib/__init__.py"]
    tree = SourceTree(new, tmp_path, (".",))
    importer = tmp_path / "app/__init__.py"
    assert tree.find("app.new", importer) == new[0]
    assert tree.find("lib.deep.x", importer) == new[1]
    assert tree.find("lib", importer) == new[2]
    assert tree.find_relative(".new", importer) == new[0]


def test_directories_are_listed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    project = Project(tmp_path, *(f"p{n}/__init__.py" for n in range(20)), "p0/m.py")
    import os

    listed: list[str] = []
    scandir = os.scandir

    def record(path: str) -> object:
        listed.append(path)
        return scandir(path)

    monkeypatch.setattr("os.scandir", record)
    for _ in range(3):
        for number in range(20):
            assert project.find(f"p{number}", "p0/m.py") == f"p{number}/__init__.py"
            assert project.find(f"gone{number}.x", "p0/m.py") is None
    assert len(listed) == len(set(listed))
    assert len(listed) <= 22
