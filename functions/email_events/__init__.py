"""API Gateway: Resend's delivery webhooks, Svix-signed."""
