"""Tries every credential, permission and service of a stage, and says what is wrong and how to mend it.

the stage ──▶ patient.py ──▶ checks/, all side by side, each with an end ──▶ findings ──▶ a table, or JSON

What it leaves behind: lines in logs, and where a function did not answer as it must, the message among QStash's dead
letters. Objects are deleted, transactions aborted; messages are probes, which the functions answer and do no more for
(shared/message.py). A mail is sent where one is asked for.
"""
