"""Webhooks, signed by Standard Webhooks: https://www.standardwebhooks.com"""
