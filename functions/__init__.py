"""What AWS calls: one folder a Lambda, with a light contract.py and a handler.py."""

import gc

gc.set_threshold(100_000)  # a cold start spends a tenth of its imports on looking for garbage, and there is none yet
