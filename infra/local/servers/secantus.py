"""SecantusDB with one fault mended; takes the options of `python -m secantus`.

A driver may repeat a write whose answer was lost, with the same `lsid` and `txnNumber`, and a server applies it once.
Under a driver's `timeoutMS` the repeat has less `maxTimeMS`, for less time is left. SecantusDB 0.7.0b3 takes it for
another write then and applies it again; MongoDB goes by the numbers alone. tests/chaos/test_fault_proxy.py holds it.

The one file that imports SecantusDB, which is under the GPL (docs/local-stack.md): keep it so.
"""

from secantus import commands
from secantus.__main__ import main

# The set that it tells a repeat by has no other door.
commands._RETRY_IDENTITY_IGNORED |= {"maxTimeMS"}  # noqa: SLF001 - it has no public name

if __name__ == "__main__":
    raise SystemExit(main())
