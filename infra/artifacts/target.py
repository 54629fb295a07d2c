"""What an artifact is built for: the deployed platform, or, to try one, the Python and the machine at hand."""

import platform
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal, Self

from packaging.markers import default_environment
from packaging.version import Version

Architecture = Literal["arm64", "x86_64"]
"""As AWS calls them."""

PYTHON: Final = "3.13"
"""Of `provider.runtime` in serverless.yml; a test compares them."""
WHEELS: Final[Mapping[Architecture, str]] = {
    "arm64": "aarch64-manylinux_2_34",
    "x86_64": "x86_64-manylinux_2_34",
}
"""uv's names. AWS's python3.13 is Amazon Linux 2023, with glibc 2.34:
https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
"""
GLIBC: Final = Version("2.34")
MACHINES: Final[Mapping[Architecture, str]] = {"arm64": "aarch64", "x86_64": "x86_64"}


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    """Of the folder that its artifacts lie in: the architecture, or `here`."""
    python: str
    """Such as 3.13."""
    wheels: str | None
    """The platform whose wheels are taken; None: this machine's."""
    markers: Mapping[str, str]
    """What requirements may depend on (PEP 508)."""

    @classmethod
    def deployed(cls, architecture: Architecture) -> Self:
        markers = {
            "implementation_name": "cpython",
            "implementation_version": f"{PYTHON}.0",
            "os_name": "posix",
            "platform_machine": MACHINES[architecture],
            "platform_python_implementation": "CPython",
            "platform_release": "",
            "platform_system": "Linux",
            "platform_version": "",
            "python_full_version": f"{PYTHON}.0",
            "python_version": PYTHON,
            "sys_platform": "linux",
        }
        return cls(architecture, PYTHON, WHEELS[architecture], markers)

    @classmethod
    def here(cls) -> Self:
        markers = {name: str(value) for name, value in default_environment().items()}
        return cls("here", f"{sys.version_info.major}.{sys.version_info.minor}", None, markers)

    @property
    def is_deployed(self) -> bool:
        """Whether AWS could run it."""
        return self.wheels is not None

    @property
    def tag(self) -> str:
        """What the names of its bytecode files hold."""
        return f"cpython-{self.python.replace('.', '')}"


def architecture_here() -> Architecture | None:
    """This machine's own, if AWS has it and what is built for AWS runs here."""
    libc, version = platform.libc_ver()
    if platform.system() != "Linux" or libc != "glibc" or Version(version) < GLIBC:
        return None
    return next((name for name, machine in MACHINES.items() if machine == platform.machine()), None)
