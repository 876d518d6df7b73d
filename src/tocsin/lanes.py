"""The array type, and how a scalar formula becomes a fast loop over a batch.

A formula is a scalar, branch-free function of floats. Marked `@inline` it stays a plain Python
function for tests and readers; compiled code that calls it gets it inlined, so that a loop over a
block of lanes turns into vector instructions. A kernel is a compiled loop, marked `@kernel`.
"""

import os
import platform
from collections.abc import Callable
from hashlib import blake2b
from pathlib import Path
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
    """Give a cache folder that changes with any source a kernel may be made of.

    The compiler's own cache looks at one file's time stamp and misses a changed callee elsewhere.
    """
    package = Path(__file__).parent
    digest = blake2b(digest_size=8)
    for area in ("earth", "flight", "sensors"):
        for source in sorted((package / area).glob("*.py")):
            digest.update(source.read_bytes())
    digest.update(Path(__file__).read_bytes())
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return str(home / "tocsin" / f"kernels-{digest.hexdigest()}")


def _wide_features() -> str:
    """Name this processor's features, with its widest vectors not held back to 256 bits."""
    return f"{binding.get_host_cpu_features().flatten()},-prefer-256-bit"


os.environ.setdefault("NUMBA_CACHE_DIR", _kernel_cache())
if platform.machine() in ("x86_64", "AMD64"):
    os.environ.setdefault("NUMBA_CPU_FEATURES", _wide_features())

from numba import njit, prange  # noqa: E402  it reads the two settings above
from numba.core.compiler import CompilerBase, DefaultPassBuilder  # noqa: E402
from numba.core.compiler_machinery import PassManager  # noqa: E402
from numba.extending import register_jitable  # noqa: E402

__all__ = ["LANES", "Flags", "Floats", "Integers", "inline", "kernel", "prange"]

_FAST = {"contract", "arcp", "nsz"}
"""Fused multiply-add and reciprocals are allowed; infinities and NaN keep their meaning."""


class _Apart(CompilerBase):
    """Compiles a kernel whose array arguments never overlap: without that, no loop vectorises."""

    def define_pipelines(self) -> list[PassManager]:
        self.state.flags.noalias = True
        build: Any = DefaultPassBuilder.define_nopython_pipeline
        return [build(self.state)]


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
        cache: Keep the compiled code between runs.
    """

    def mark(function: Function) -> Function:
        compiled: Any = njit(
            pipeline_class=_Apart,
            parallel=parallel,
            cache=cache,
            error_model="numpy",
            fastmath=_FAST,
            nogil=True,
        )(function)
        return cast("Function", compiled)

    return mark
