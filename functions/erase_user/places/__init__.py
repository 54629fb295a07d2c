"""The places where something of a user lies, each with what removes it from there.

Every one of them takes the user's id and the job's context, removes a page of what it finds, and says how many things
that were: 0 when there is nothing left. It may be asked again at any time, and after a crash in the middle of it. Where
something can't go yet it raises NotYet, having removed what can.

`whereabouts.py` names every store of the bundle, and says of each which place empties it, or why nothing in it is a
user's. A test fails when one is missing there.
"""

from functions.erase_user.places.place import NotYet, Place

__all__ = ["NotYet", "Place"]
