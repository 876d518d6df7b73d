"""The written rules of the project, as far as a machine can check them."""

import ast
import re
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tocsin import __version__

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "tocsin"
AREAS = sorted(path.parent for path in PACKAGE.glob("*/__init__.py"))
PHYSICS = ("earth", "flight", "sensors")

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 60
FILE_BYTES_MAX = 2 * 1024 * 1024

BANNED_NAMES = {
    "utils", "util", "helpers", "helper", "common", "base", "core",
    "manager", "handler", "engine", "service",
}  # fmt: skip
"""Words that say nothing about what is inside."""

ENTRANCES = {
    "apsw": {"eventlog/sqlite.py"},
    "cryptography": {"partners/signing.py"},
    "lxml": {"formats/cap.py"},
    "jinja2": {"studies/report.py"},
    "llvmlite": {"lanes.py"},
    "pyproj": {"earth/geodesy.py"},
    "sgp4": {
        "sensors/element_sets.py",
        "sensors/satellites.py",
        "sensors/sky.py",
        "simulation/drills_orbits.py",
    },
    "sqlite3": {"studies/journal.py"},
}
"""The only files through which each outside library, or the disk, comes in."""

ENTRANCE_AREAS = {
    "click": {"cli"},
    "rich": {"cli"},
    "pyarrow": {"studies", "cli", "formats"},
    "msgspec": {"messages", "node", "partners", "eventlog", "simulation"},
    "numba": {"earth", "flight", "sensors", "lanes.py"},
    "tomllib": {"catalog", "simulation"},
}
"""The only areas that may use these."""

CLOCK_FILES = {"studies/run.py", "studies/journal.py", "studies/work.py", "studies/progress.py"}
"""The only files outside the command line that look at a clock: how long a study took."""

CLOCKS = {
    "time.time", "time.time_ns", "time.monotonic", "time.perf_counter", "time.process_time",
    "time.sleep", "datetime.now", "datetime.utcnow", "datetime.today", "date.today",
}  # fmt: skip
CHANCE = {
    "random.random", "random.seed", "random.choice", "random.shuffle", "random.uniform",
    "np.random.seed", "np.random.rand", "np.random.randn", "np.random.random",
    "np.random.normal", "np.random.uniform", "np.random.choice",
}  # fmt: skip

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bplaceholder\b|\bfor now\b|\bstub\b")
ELSEWHERE = re.compile(
    r"\b(issue|ticket|pull request|merge request)s?\s*#?\d"
    r"|\b(chat ?bot|language model|llm)\b",
    re.IGNORECASE,
)
"""Words that send a reader somewhere else than the code, the docs and the published sources."""
MACHINE_PATH = re.compile(r"(?<![\w.:/)}-])/(home|root|Users|work|opt|mnt|tmp|srv)/[\w.-]")


def tracked() -> list[Path]:
    """Give every file of the project that is not ignored; outside a repository, every source."""
    asked = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],  # noqa: S607  any git
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if asked.returncode:
        return [path for top in ("src", "tests", "docs") for path in (ROOT / top).rglob("*.*")]
    names = asked.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


TRACKED = tracked()
PYTHON = [path for path in TRACKED if path.suffix == ".py"]
SOURCES = [path for path in PYTHON if path.is_relative_to(PACKAGE)]
TEXTS = [
    path
    for path in TRACKED
    if path.suffix in {".py", ".md", ".toml", ".txt", ".html", ".css", ".js", ".csv", ".json", ""}
    and path != Path(__file__)
]


def name_of(path: Path) -> str:
    """Give a file's name in the package, or else in the project."""
    return path.relative_to(PACKAGE if path in SOURCES else ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    """Read a Python file into its syntax tree."""
    return ast.parse(path.read_text(encoding="utf-8"), path.name)


def definitions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    """Give every function and class of a file."""
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def words_of(name: str) -> set[str]:
    """Give the words of a name, whether they meet at underlines or at capitals."""
    return {word.lower() for word in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name)}


def imported(path: Path) -> set[str]:
    """Give the top name of every library that a file imports, at its top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            found |= {alias.name.partition(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found.add(node.module.partition(".")[0])
    return found


def used(path: Path) -> set[str]:
    """Give every dotted name that a file uses, such as `time.monotonic`."""
    nodes = [node for node in ast.walk(tree_of(path)) if isinstance(node, ast.Attribute)]
    return {ast.unparse(node) for node in nodes}


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_file_has_one_subject_and_at_most_500_lines(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= FILE_LINES_MAX


def lines_of(function: ast.stmt) -> int:
    """Count the lines of a function; functions made inside it are counted on their own."""
    inside = [node for node in ast.walk(function) if isinstance(node, ast.FunctionDef)]
    direct = [node for node in inside if node is not function]
    outer = [
        node
        for node in direct
        if not any(other is not node and node in ast.walk(other) for other in direct)
    ]
    whole = (function.end_lineno or function.lineno) - function.lineno + 1
    return whole - sum((node.end_lineno or node.lineno) - node.lineno + 1 for node in outer)


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_function_fits_on_a_screen(path: Path) -> None:
    lengths = {
        node.name: lines_of(node)
        for node in definitions(path)
        if not isinstance(node, ast.ClassDef)
    }

    assert not {name for name, lines in lengths.items() if lines > FUNCTION_LINES_MAX}


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_a_name_says_what_is_inside(path: Path) -> None:
    names = {node.name for node in definitions(path)} | {path.stem, path.parent.name}

    assert not {name for name in names if words_of(name) & BANNED_NAMES}


@pytest.mark.parametrize("area", AREAS, ids=lambda area: area.name)
def test_an_area_opens_with_a_line_that_says_what_it_is_for(area: Path) -> None:
    text = ast.get_docstring(tree_of(area / "__init__.py")) or ""
    first = text.partition("\n")[0]

    assert re.fullmatch(r"[A-Z].{10,}\.", first), f"{area.name}: {first!r}"


def test_files_lie_in_areas_and_no_deeper() -> None:
    deep = {
        name_of(path) for path in SOURCES if len(path.relative_to(PACKAGE).parts) > 2
    }  # fmt: skip

    assert not deep


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_an_outside_library_comes_in_through_its_own_file(path: Path) -> None:
    name, area = name_of(path), name_of(path).partition("/")[0]
    libraries = imported(path)

    wrong = {library for library in libraries if name not in ENTRANCES.get(library, {name})}
    wrong |= {library for library in libraries if area not in ENTRANCE_AREAS.get(library, {area})}

    assert not wrong


@pytest.mark.parametrize("library", ENTRANCES)
def test_the_list_of_entrances_is_up_to_date(library: str) -> None:
    users = {name_of(path) for path in SOURCES if library in imported(path)}

    assert users == ENTRANCES[library]


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_looks_at_a_clock_or_draws_from_a_hidden_generator(path: Path) -> None:
    name = name_of(path)
    found = used(path)

    assert not found & CHANCE
    if name not in CLOCK_FILES and not name.startswith("cli/"):
        assert not found & CLOCKS


@pytest.mark.parametrize(
    "path", [path for path in SOURCES if path.parent.name in PHYSICS], ids=name_of
)
def test_physics_neither_prints_nor_opens_files(path: Path) -> None:
    calls = {
        node.func.id
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }

    assert not calls & {"open", "print", "input"}


@pytest.mark.parametrize("path", PYTHON, ids=name_of)
def test_annotations_stay_readable_while_the_program_runs(path: Path) -> None:
    assert "from __future__ import " + "annotations" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize("path", TEXTS, ids=name_of)
def test_a_text_is_finished_and_stands_on_its_own(path: Path) -> None:
    text = path.read_text(encoding="utf-8")

    if path.suffix in {".py", ".md"} or path.parent == ROOT:
        assert not UNFINISHED.search(text)
    assert not ELSEWHERE.search(text)
    assert not MACHINE_PATH.search(text)


@pytest.mark.parametrize("path", TRACKED, ids=name_of)
def test_a_file_is_small_enough_to_clone(path: Path) -> None:
    assert path.stat().st_size <= FILE_BYTES_MAX


@pytest.mark.parametrize("folder", [path for path in (ROOT / "tests").iterdir() if path.is_dir()])
def test_a_folder_of_tests_is_named_after_what_it_tests(folder: Path) -> None:
    areas = {area.name for area in AREAS}

    assert folder.name in areas | {"references", "golden", "faults", "scale", "__pycache__"}


def pins(lock: str) -> dict[str, str]:
    """Give the version of every package in a lock."""
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    return dict(re.findall(r"^([a-z0-9-]+)==(\S+) \\$", text, re.MULTILINE))


@pytest.mark.parametrize("lock", ["build.txt", "run.txt", "dev.txt"])
def test_a_lock_has_a_hash_for_every_package_and_names_no_host(lock: str) -> None:
    text = (ROOT / "requirements" / lock).read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z])", text, flags=re.MULTILINE)[1:]

    assert len(entries) == len(pins(lock)) > 0
    assert all("--hash=sha256:" in entry for entry in entries)
    assert not re.search(r"://|--(index|extra|find|trusted)|^\s*#?\s*/", text, re.MULTILINE)


def test_the_locks_agree_so_that_they_can_be_installed_together() -> None:
    build, run, dev = pins("build.txt"), pins("run.txt"), pins("dev.txt")

    assert run.items() <= dev.items()
    assert {name: build[name] for name in build.keys() & dev.keys()}.items() <= dev.items()
    assert {name: build[name] for name in build.keys() & run.keys()}.items() <= run.items()


def test_the_run_lock_holds_every_declared_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

    declared = {re.split(r"[<>=]", line)[0] for line in project["dependencies"]}

    assert declared <= pins("run.txt").keys()
    assert project["version"] == __version__
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
