"""Where the numbers are crunched: choosing a device, naming it, and getting by with less memory."""

from collections.abc import Callable

import torch
from torch import Tensor

from fewshot_gui.errors import UsageError, UserError

NAMES = ("auto", "cpu", "cuda", "mps")
Tell = Callable[[str], None]

_CPU_CHUNK = 8  # at 16 activations leave the core's cache, a quarter slower (Lite0, 224 px)
_GPU_CHUNK = 32


def tell_nobody(sentence: str) -> None:
    """The default Tell."""


def choose(name: str = "auto", tell: Tell = tell_nobody) -> torch.device:
    """The device of that name; "auto" takes the GPU where one works and tells why if a GPU is there but does not.

    UserError if cuda or mps is asked for and not there or not working.
    """
    if name not in NAMES:
        raise UsageError(f"There is no device {name!r}. Known: {', '.join(NAMES)}.")
    if name == "cpu":
        return torch.device("cpu")
    for kind in ("cuda", "mps") if name == "auto" else (name,):
        trouble = _trouble(kind)
        if trouble is None:
            if kind == "cuda":
                _compute_as_the_cpu_does()
            return torch.device(kind)
        if name != "auto":
            raise UserError(f"The device {kind} was asked for, but {trouble}; use --device cpu or auto.")
        if _present(kind):
            tell(f"The GPU is not used, because {trouble}.")
    return torch.device("cpu")


def working() -> tuple[torch.device, ...]:
    """The devices that can be used here, GPUs first."""
    gpus = [torch.device(kind) for kind in ("cuda", "mps") if _trouble(kind) is None]
    return (*gpus, torch.device("cpu"))


def describe(device: torch.device) -> str:
    """What a person calls the device: "GPU: NVIDIA H200", "CPU, 2 threads"."""
    if device.type == "cuda":
        return f"GPU: {torch.cuda.get_device_name(device)}"
    if device.type == "mps":
        return "GPU: Apple (mps)"
    threads = torch.get_num_threads()
    return f"CPU, {threads} thread{'s' if threads != 1 else ''}"


class MemoryGuard:
    """Runs batches, smaller ones where memory does not suffice, and on the CPU where not even one picture fits.

    Remembers what fitted, so that each size fails once in a run and not once per batch. Threads may share one.
    """

    def __init__(self, device: torch.device, tell: Tell = tell_nobody) -> None:
        self.device = device
        self.most: int | None = None  # the largest batch that is still tried; None: any
        self._tell = tell

    def run(self, function: Callable[[Tensor, torch.device], Tensor], batch: Tensor) -> Tensor:
        """function(part, device) over parts of the batch [n, ...], in order, put together on the CPU: [n, ...].

        UserError if not even a single picture fits into the computer's memory.
        """
        results: list[Tensor] = []
        done = 0
        while done < len(batch) or not results:
            part = batch[done : done + self.most] if self.most else batch[done:]
            result = self._try(function, part)
            if result is None:
                self._step_down(len(part))
            else:
                results.append(result)
                done += len(part)
        return torch.cat(results)

    def _try(self, function: Callable[[Tensor, torch.device], Tensor], part: Tensor) -> Tensor | None:
        try:
            return function(part, self.device).cpu()
        except (MemoryError, RuntimeError) as error:
            if not is_out_of_memory(error):
                raise
        # Outside of the except clause: the traceback held the failed call's tensors alive.
        if self.device.type == "cuda":
            torch.cuda.empty_cache()
        return None

    def _step_down(self, size: int) -> None:
        if size > 1:
            self.most = size // 2
            self._tell(f"Memory is short on {describe(self.device)}: going on with {self.most} pictures at a time.")
        elif self.device.type != "cpu":
            self._tell(f"Not one picture fits into the memory of {describe(self.device)}: going on on the CPU.")
            self.device, self.most = torch.device("cpu"), None
        else:
            raise UserError("The memory is used up: close other programs, or use a smaller model.")


def with_less_memory(
    function: Callable[[Tensor, torch.device], Tensor], batch: Tensor, device: torch.device, tell: Tell = tell_nobody
) -> Tensor:
    """One batch through a fresh MemoryGuard (see there)."""
    return MemoryGuard(device, tell).run(function, batch)


def is_out_of_memory(error: BaseException) -> bool:
    """True for each way in which Python, CUDA, MPS and torch's CPU allocator say that memory is used up."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    text = str(error)
    return isinstance(error, RuntimeError) and ("out of memory" in text or "DefaultCPUAllocator" in text)


def _compute_as_the_cpu_does() -> None:
    """float32 means float32: TF32, cuDNN's default for convolutions, keeps 10 of its 23 bits of mantissa.

    Embeddings of all devices share one cache, and a picture must not get another answer for where it was embedded.
    """
    # The older pair of names: whoever reads these after the newer `fp32_precision` was set (torch.compile does) fails.
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False


def _present(kind: str) -> bool:
    return torch.cuda.is_available() if kind == "cuda" else torch.backends.mps.is_available()


def _trouble(kind: str) -> str | None:
    """Why the device cannot be used, or None. A GPU can be there and yet be too old for this torch: so try it."""
    if not _present(kind):
        return "this computer has no such GPU (or torch was installed without support for it)"
    try:
        torch.ones(2, 2, device=kind).mm(torch.ones(2, 2, device=kind)).cpu()
    except RuntimeError as error:
        return f"it fails at the simplest task ({str(error).splitlines()[0]})"
    return None


def full_chunk(device: torch.device) -> int:
    """The most pictures that go through a network at once where no gradients are kept."""
    return _CPU_CHUNK if device.type == "cpu" else _GPU_CHUNK
