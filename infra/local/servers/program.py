"""Finds the programs that come inside Python packages."""

from importlib.metadata import files


def program(package: str, name: str) -> str:
    """Give the path of the program `name` that the installed `package` brought with it."""
    for file in files(package) or ():
        if file.name == name:
            return str(file.locate())
    raise FileNotFoundError(f"the package {package} has no {name}; is it installed for this platform?")
