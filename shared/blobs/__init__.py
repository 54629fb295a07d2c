"""Objects in the bucket: who owns one, which were found without an owner, and which are being deleted.

owners.py       key ──▶ is it named by a record, or by a run that may still name it?
orphans.py      marks of those that nobody names, since when
condemned.py    keys that are being deleted right now: whoever would write there waits
"""
