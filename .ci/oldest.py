"""Print the lowest version of every core dependency as pip constraints."""

import tomllib

with open("pyproject.toml", "rb") as file:
    project = tomllib.load(file)["project"]
for requirement in project["dependencies"]:
    print(requirement.replace(">=", "=="))
