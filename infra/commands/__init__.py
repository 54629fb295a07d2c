"""What a person types, and no more: one file a command, or a group of them, over what shared/ and functions/ do.

stage.py        which stage, and its variables          exits.py     the exit codes, for scripts
running.py      runs a command's work on it             output.py    tables and JSON
handing_over.py what is accepted, on to QStash          asking.py    what destroys something asks first
"""
