# SPDX-License-Identifier: Apache-2.0
"""The target folder of the copy, with what the main target folder has built already.

Cargo knows a package by its source, version, features and profile, and not by the folder of the
workspace. So the packages of the SDK are fresh in the copy, and their build of an hour is spared.
"""

import fcntl
import hashlib
import re
import shutil
import subprocess

# Arguments of one call of `cp`.
AT_ONCE = 500


def seed(target, main, workspace):
    """Fills a target folder from the main one, unless it was filled for the same dependencies.

    Returns a line that tells how.
    """
    root = workspace.root
    version = subprocess.run(["rustc", "-vV"], cwd=root, check=True, capture_output=True).stdout
    parts = [version, (root / "Cargo.lock").read_bytes(), (root / "Cargo.toml").read_bytes()]
    key, mark = hashlib.sha256(b"\0".join(parts)).hexdigest(), target / "seed"
    if mark.is_file() and mark.read_text(encoding="utf-8") == key:
        return "the target folder of the last run"
    shutil.rmtree(target, ignore_errors=True)
    try:
        copy(main / "release", target / "release")
        forget(target / "release", workspace.folders)
        told = f"a copy of {main / 'release'}"
    except (OSError, subprocess.CalledProcessError) as failed:
        shutil.rmtree(target, ignore_errors=True)
        told = f"an empty target folder, so that the SDK is built again, for about an hour ({failed})"
    target.mkdir(parents=True, exist_ok=True)
    mark.write_text(key, encoding="utf-8")
    return told


def copy(source, target):
    """Copies libraries, build scripts and cargo's records, but no program and no runtime."""
    with open(source / ".cargo-lock", "rb") as lock:
        # A build holds this lock. The copy waits for its end.
        fcntl.flock(lock, fcntl.LOCK_SH)
        (target / "deps").mkdir(parents=True)
        # Programs, those of tests among them, have names without a suffix.
        libraries = [str(path) for path in sorted((source / "deps").iterdir()) if path.is_file() and path.suffix]
        for first in range(0, len(libraries), AT_ONCE):
            cp(libraries[first:first + AT_ONCE], target / "deps")
        cp([str(source / name) for name in (".fingerprint", "build")], target)


def forget(release, packages):
    """Removes the records of the project's own packages, so that each is built from the copy.

    The main folder may have them from another tree, whose files are as old.
    """
    ours = re.compile(rf"(?:{'|'.join(map(re.escape, packages))})-[0-9a-f]{{16}}")
    for record in (release / ".fingerprint").iterdir():
        if ours.fullmatch(record.name):
            shutil.rmtree(record)


def cp(paths, folder):
    """Copies with the times, which cargo compares, and without space where the file system can."""
    subprocess.run(["cp", "-a", "--reflink=auto", "-t", str(folder), *paths], check=True)
