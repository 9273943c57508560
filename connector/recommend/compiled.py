"""Functions compiled on first use, and kept compiled where a folder for that can be written."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar, cast

from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic

F = TypeVar("F", bound=Callable[..., object])


def compiled(function: F) -> F:
    """Compile ``function`` when it is first called; it then runs without Python's lock, threads side by side.

    What was compiled is kept beside the source, else in the user's cache, else where ``NUMBA_CACHE_DIR`` says. Where
    none of these can be written (a read-only container), it is compiled once in each process instead.
    """
    return cast("F", _kept(partial(njit, nogil=True, error_model="numpy"), function))


def reducing(function: F) -> F:
    """Compile as ``compiled`` does; sums may be formed in several parts, in an order that is fixed on one machine."""
    return cast("F", _kept(partial(njit, nogil=True, error_model="numpy", fastmath={"reassoc", "contract"}), function))


def _kept(compiling: Callable[..., Any], function: Callable[..., object]) -> Any:
    try:
        return compiling(cache=True)(function)
    except RuntimeError:  # numba found no folder to keep it in
        return compiling()(function)


def _ask_for(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    byte, number = ir.IntType(8).as_pointer(), ir.IntType(32)
    asked = ir.FunctionType(ir.VoidType(), [byte, number, number, number])
    function = cgutils.get_or_insert_function(builder.module, asked, "llvm.prefetch.p0")  # type: ignore[no-untyped-call]  # numba ships few types
    to_read, keep_near, data_not_code = (ir.Constant(number, which) for which in (0, 3, 1))
    place = builder.bitcast(builder.gep(data, [arguments[1]]), byte)
    builder.call(function, [place, to_read, keep_near, data_not_code])
    return context.get_dummy_value()


def _typed(_context: Any, array: Any, place: Any) -> Any:
    """Ask the processor to bring ``array[place]`` near; outside of the array nothing happens."""
    return types.void(array, place), _ask_for


prefetch: Any = intrinsic(_typed)
