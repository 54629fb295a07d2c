"""What is known of mails and of those they go to, for every function that needs it."""
