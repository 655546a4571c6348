# SPDX-License-Identifier: Apache-2.0
"""Batches: changes that one build tests together, because none can cause the failure of another."""


def apart(one, other, workspace):
    """Whether the tests of each change are built without the other change."""
    first, second = one.changed(workspace), other.changed(workspace)
    return first not in workspace.built_for(other.tested(workspace)) and second not in workspace.built_for(one.tested(workspace))


def batches(reverts, workspace):
    """Puts changes into as few batches as the first place that is free for each gives.

    Changes whose tests need few packages come first, so that the packages above them are built once.
    """
    found = []
    for revert in sorted(reverts, key=lambda one: len(workspace.built_for(one.tested(workspace)))):
        for batch in found:
            if all(apart(revert, other, workspace) for other in batch):
                batch.append(revert)
                break
        else:
            found.append([revert])
    return found
