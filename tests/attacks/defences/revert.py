# SPDX-License-Identifier: Apache-2.0
"""One defence, the change that removes it, and the tests that must fail without it."""

import re


class Revert:
    """A change of one place in one file.

    `tests` are the names of test functions without their modules. They are unit tests of the package
    that has the file, of `package`, or tests of the integration test `target`. A change must compile,
    but it may leave variables, imports and functions unused: no test denies such warnings.
    """

    def __init__(self, name, file, old, new, *tests, package=None, target=None):
        self.name, self.file, self.old, self.new = name, file, old, new
        self.tests, self.package, self.target = tests, package, target

    def changed(self, workspace):
        """The package that the change rebuilds."""
        return workspace.package_of(self.file)

    def tested(self, workspace):
        """The package whose tests must fail."""
        if self.target is not None:
            return workspace.package_with_test(self.target)
        return self.package or self.changed(workspace)

    def test_target(self, workspace):
        """The name of the test target that has the tests."""
        return self.target or workspace.unit_target(self.tested(workspace))

    def faults(self, workspace):
        """The reasons for which the change cannot be made or judged. None if all is well."""
        path = workspace.root / self.file
        if not path.is_file():
            yield f"{self.file} does not exist"
            return
        count = path.read_text(encoding="utf-8").count(self.old)
        if count != 1:
            yield f"the text to remove is {count} times in {self.file}"
        if self.old == self.new or not self.tests:
            yield "there is nothing to change, or no test"
        changed, tested = self.changed(workspace), self.tested(workspace)
        if changed is None or tested not in workspace.folders:
            yield f"no package has {self.file}, or the tests"
            return
        if changed not in workspace.built_for(tested):
            yield f"{tested} does not use {changed}"
        texts = [one.read_text(encoding="utf-8") for one in workspace.sources(tested, self.target)]
        for test in self.tests:
            found = sum(len(re.findall(rf"\bfn {re.escape(test)}\(", text)) for text in texts)
            if found != 1:
                yield f"{found} tests of {self.target or tested} have the name {test}"
