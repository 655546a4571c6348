# SPDX-License-Identifier: Apache-2.0
"""The packages of the workspace: their folders, and what a test of one of them is built from."""

import json
import subprocess


class Workspace:
    """The packages, as `cargo metadata` tells them."""

    def __init__(self, root):
        self.root = root
        command = ["cargo", "metadata", "--format-version", "1", "--no-deps", "--locked"]
        told = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
        packages = {package["name"]: package for package in json.loads(told)["packages"]}
        self.folders = {
            name: package["manifest_path"].removesuffix("/Cargo.toml").removeprefix(f"{root}/")
            for name, package in packages.items()
        }
        self.uses, self.uses_in_tests = {}, {}
        for name, package in packages.items():
            ours = [one for one in package["dependencies"] if one["name"] in packages]
            self.uses[name] = {one["name"] for one in ours if one["kind"] != "dev"}
            self.uses_in_tests[name] = {one["name"] for one in ours}

    def package_of(self, file):
        """The package of a file. None if the file belongs to none."""
        owners = [name for name, folder in self.folders.items() if file.startswith(f"{folder}/")]
        return max(owners, key=lambda name: len(self.folders[name]), default=None)

    def package_with_test(self, target):
        """The package of an integration test. None if there is not exactly one."""
        owners = [name for name, folder in self.folders.items() if (self.root / folder / "tests" / f"{target}.rs").is_file()]
        return owners[0] if len(owners) == 1 else None

    @staticmethod
    def unit_target(package):
        """The name under which a copy of the tree has the unit tests of a package."""
        return f"unit_{package.replace('-', '_')}"

    def sources(self, package, target=None):
        """The files with the unit tests of a package, or with those of an integration test."""
        folder = self.root / self.folders[package]
        return sorted((folder / "src").glob("**/*.rs")) if target is None else [folder / "tests" / f"{target}.rs"]

    def built_for(self, package):
        """The packages whose code is in the tests of a package: itself and all that it uses."""
        built, todo = {package}, list(self.uses_in_tests[package])
        while todo:
            name = todo.pop()
            if name not in built:
                built.add(name)
                todo += self.uses[name]
        return built
