"""Where a record was made."""

from __future__ import annotations

import platform
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import psutil

from eyechart.core import Machine

PACKAGES = (
    "eyechart",
    "torch",
    "torchvision",
    "timm",
    "open_clip_torch",
    "transformers",
    "numpy",
    "scikit-learn",
    "pillow",
)


@cache
def machine(device: str) -> Machine:
    """This machine with the device that forwarded, and the versions of what computes."""
    return Machine(
        system=f"{platform.system()} {platform.machine()}",
        processor=_cpu_info("model name") or platform.processor() or "unknown",
        device=_device(device),
        cores=psutil.cpu_count() or 1,
        memory_gib=round(psutil.virtual_memory().total / 2**30, 1),
        python=platform.python_version(),
        packages={name: found for name in PACKAGES if (found := _version(name))},
    )


@cache
def gains_from_bf16(device: str) -> bool:
    """Whether a device, as torch names it, multiplies bf16 natively."""
    if device.startswith("cuda"):
        import torch  # noqa: PLC0415  # it is loaded already where there is a model on a GPU

        return torch.cuda.is_bf16_supported(including_emulation=False)
    flags = _cpu_info("flags").split()
    return "avx512_bf16" in flags or "amx_bf16" in flags


def _device(name: str) -> str:
    if not name.startswith("cuda"):
        return name
    import torch  # noqa: PLC0415  # it is loaded already where there is a model on a GPU

    return f"{name} ({torch.cuda.get_device_name(name)})"


def _cpu_info(field: str) -> str:
    path = Path("/proc/cpuinfo")
    if not path.exists():
        return ""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith(field)), "")


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
