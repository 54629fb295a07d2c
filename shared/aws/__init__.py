"""What calls through boto3 have in common: an end, a connection that can be cut, and one reading of what went wrong.

boto3 is imported by who builds a client, never by importing this package.
"""
