# SPDX-License-Identifier: Apache-2.0
"""The copy of the tree in which defences are removed."""

import shutil
import subprocess

# Cargo chooses test targets by name, but the unit tests of a package only by package. The choice of a
# package changes the features of its dependencies, and so would build the SDK again. A test target
# with a name of its own runs the same unit tests in a build of the whole workspace.
UNIT_TARGET = '\n[[test]]\nname = "{name}"\npath = "src/lib.rs"\n'


class Tree:
    """A copy of the files of the tree that git knows or would add.

    A file is written only if it differs: cargo compares times, and a file of old that takes the place
    of a changed one would pass as unchanged.
    """

    def __init__(self, workspace, folder):
        self.workspace, self.folder = workspace, folder

    def refresh(self):
        """Makes the copy equal to the tree, apart from the test targets that it adds."""
        command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        root = self.workspace.root
        listed = subprocess.run(command, cwd=root, check=True, capture_output=True).stdout
        names = {name for name in listed.decode().split("\0") if name and (root / name).is_file()}
        units = {
            f"{folder}/Cargo.toml": self.workspace.unit_target(package)
            for package, folder in self.workspace.folders.items()
            if (root / folder / "src" / "lib.rs").is_file()
        }
        for name in sorted(names):
            content = (root / name).read_bytes()
            if name in units:
                content += UNIT_TARGET.format(name=units[name]).encode()
            copy = self.folder / name
            if copy.is_file():
                if copy.read_bytes() != content:
                    copy.write_bytes(content)
                continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(content)
            shutil.copystat(root / name, copy)
        for copy in self.folder.glob("**/*"):
            if copy.is_file() and copy.relative_to(self.folder).as_posix() not in names:
                copy.unlink()

    def remove(self, reverts):
        """Removes the defences. Returns the texts to give to `restore`."""
        kept = {}
        for revert in reverts:
            path = self.folder / revert.file
            kept[path] = path.read_text(encoding="utf-8")
            path.write_text(kept[path].replace(revert.old, revert.new), encoding="utf-8")
        return kept

    @staticmethod
    def restore(kept):
        """Gives the files of the copy their texts back."""
        for path, text in kept.items():
            path.write_text(text, encoding="utf-8")
