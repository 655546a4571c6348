# SPDX-License-Identifier: Apache-2.0
"""One call of `cargo test` in the copy, and its outcome by test target and test."""

import contextlib
import os
import re
import signal
import subprocess
import threading

# A call that takes longer has a test without an end. The first one may build the SDK.
LIMIT = 3 * 3600
RUNNING = re.compile(r"^\s*Running .*\bdeps/(\w+)-[0-9a-f]+(?:\.exe)?\)$")
RESULT = re.compile(r"^test (\S+)(?: - should panic)? \.\.\. (ok|FAILED)$")


class Outcome:
    """The tests that passed and that failed, by target, and whether the build succeeded."""

    def __init__(self, output, ended):
        self.ended = ended
        self.tests, self.compiled, target = {}, False, None
        for line in output.splitlines():
            running, result = RUNNING.match(line), RESULT.match(line)
            if running:
                # Cargo runs nothing before everything is built.
                self.compiled, target = True, running.group(1)
            elif result:
                name = result.group(1).rsplit("::", 1)[-1]
                self.tests[target, name] = result.group(2)

    def of(self, target, test):
        """`ok`, `FAILED`, or None if the test did not run."""
        return self.tests.get((target, test))


def cargo_test(folder, target_folder, targets, tests, log):
    """Runs tests of some test targets. The features are those of the whole workspace."""
    command = [
        "cargo", "test", "--release", "--workspace", "--locked", "--no-fail-fast",
        *(f"--test={target}" for target in sorted(targets)), "--", *sorted(tests),
    ]
    # No test here runs the wasm of a runtime.
    environment = {**os.environ, "SKIP_WASM_BUILD": "1", "CARGO_TARGET_DIR": str(target_folder), "CARGO_TERM_COLOR": "never"}
    log.write(f"\n$ {' '.join(command)}\n")
    lines, killed = [], threading.Event()
    with subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        errors="replace", start_new_session=True,
    ) as started:

        def kill():
            killed.set()
            # The tests are in the session of their cargo.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(started.pid, signal.SIGKILL)

        limit = threading.Timer(LIMIT, kill)
        limit.start()
        try:
            for line in started.stdout:
                lines.append(line)
                log.write(line)
                log.flush()
        except BaseException:
            kill()
            raise
        finally:
            limit.cancel()
    return Outcome("".join(lines), not killed.is_set())
