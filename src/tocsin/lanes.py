"""The array type, and how a scalar formula becomes a fast loop over a batch.

A formula is a scalar, branch-free function of floats. Marked `@inline` it stays a plain Python
function for tests and readers; compiled code that calls it gets it inlined, so that a loop over a
block of lanes turns into vector instructions. A kernel is a compiled loop, marked `@kernel`.
"""

import contextlib
import os
import platform
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from pickle import UnpicklingError
from typing import Any, TypeVar, cast

import numpy as np
import numpy.typing as npt
from llvmlite import binding

Function = TypeVar("Function", bound=Callable[..., Any])
Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LANES = 32
"""Flights in one block. Fewer do not fill the vector units; more take far longer to compile."""


def _kernel_cache() -> str:
    """Give a cache folder that changes with any source a kernel may be made of; empty if none can.

    The compiler's own cache looks at one file's time stamp and misses a changed callee elsewhere.
    """
    package = Path(__file__).parent
    digest = blake2b(digest_size=8)
    for area in ("earth", "flight", "sensors", "tracking"):
        for source in sorted((package / area).glob("*.py")):
            digest.update(source.read_bytes())
    digest.update(Path(__file__).read_bytes())
    try:
        home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    except RuntimeError:  # this user has no home
        return ""
    return str(home / "tocsin" / f"kernels-{digest.hexdigest()}")


def _writable(folder: str) -> bool:
    """Say whether files can be made in a folder, which is made if it is not there.

    Where they cannot, nothing may be kept: the compiler would fall back on the folder of the
    sources, and on its own cache's mistake.
    """
    try:
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError:
        return False
    return bool(folder) and os.access(folder, os.W_OK | os.X_OK)


def _wide_features() -> str:
    """Name this processor's features, with its widest vectors not held back to 256 bits."""
    return f"{binding.get_host_cpu_features().flatten()},-prefer-256-bit"


_KEPT = _writable(os.environ.setdefault("NUMBA_CACHE_DIR", _kernel_cache()))
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("NUMBA_CPU_FEATURES", _wide_features())

import numba  # noqa: E402  it reads the two settings above
from numba import njit, prange  # noqa: E402
from numba.core.caching import FunctionCache  # noqa: E402
from numba.core.compiler import CompilerBase, DefaultPassBuilder  # noqa: E402
from numba.core.compiler_machinery import PassManager  # noqa: E402
from numba.extending import register_jitable  # noqa: E402

__all__ = ["LANES", "Flags", "Floats", "Integers", "inline", "kernel", "one_thread", "prange"]

_FAST = {"contract", "arcp", "nsz"}
"""Fused multiply-add and reciprocals are allowed; infinities and NaN keep their meaning."""


class _Apart(CompilerBase):
    """Compiles a kernel whose array arguments never overlap: without that, no loop vectorises."""

    def define_pipelines(self) -> list[PassManager]:
        self.state.flags.noalias = True
        build: Any = DefaultPassBuilder.define_nopython_pipeline
        return [build(self.state)]


class _Cache(FunctionCache):
    """Compiled code on the disk, where the disk lets it: what it cannot keep is compiled again."""

    def load_overload(self, sig: object, target_context: object) -> object:
        try:
            return cast("Any", super()).load_overload(sig, target_context)
        except (OSError, EOFError, UnpicklingError):  # cut short, or not ours to read
            return None

    def save_overload(self, sig: object, data: object) -> None:
        with contextlib.suppress(OSError, EOFError, UnpicklingError):
            cast("Any", super()).save_overload(sig, data)


@contextlib.contextmanager
def one_thread() -> Iterator[None]:
    """Let parallel kernels run on one thread: many small batches only wait for one another."""
    before = numba.get_num_threads()
    numba.set_num_threads(1)
    try:
        yield
    finally:
        numba.set_num_threads(before)


def inline(function: Function) -> Function:
    """Mark a scalar formula: plain Python as it stands, inlined where compiled code calls it."""
    marked: Function = register_jitable(forceinline=True, error_model="numpy", fastmath=_FAST)(
        function
    )
    return marked


def kernel(*, parallel: bool = False, cache: bool = True) -> Callable[[Function], Function]:
    """Mark a compiled loop over a batch.

    Args:
        parallel: Spread its `prange` loops over threads.
        cache: Keep the compiled code between runs, if there is a folder for it.
    """

    def mark(function: Function) -> Function:
        compiled: Any = njit(
            pipeline_class=_Apart,
            parallel=parallel,
            error_model="numpy",
            fastmath=_FAST,
            nogil=True,
        )(function)
        if cache and _KEPT:
            compiled._cache = cast("Any", _Cache)(function)  # as its own enable_caching() does
        return cast("Function", compiled)

    return mark
