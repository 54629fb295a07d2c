"""The job that sends a mail by Resend, once."""
