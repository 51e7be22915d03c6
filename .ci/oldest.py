"""Print the lowest versions of the core dependencies and of pandas as pip constraints."""

import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
for requirement in project["dependencies"] + project["optional-dependencies"]["pandas"]:
    print(requirement.replace(">=", "=="))
