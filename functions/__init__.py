"""What AWS calls: one folder a Lambda, with a light contract.py and a handler.py."""
