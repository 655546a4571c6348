# SPDX-License-Identifier: Apache-2.0
"""Proves that a runtime contains the hash of its metadata: metadata_hash.py DEPS RUNTIME.wasm

`frame-metadata-hash-extension` reads RUNTIME_METADATA_HASH when it is compiled, and the compiler
records the value in the crate's file of dependencies, in the folder DEPS. The script takes the hash
from there and looks for it in the wasm: as bytes in a data segment, or in the constants of 64 bits
into which the compiler splits it. It prints the hash.
"""

import re
import sys
from pathlib import Path

# The opcode of i64.const.
I64_CONST = 0x42
# Constants that must be found: a constant of 64 bits is not found by chance.
WORDS = 3


def compiled_hash(deps):
    """The hash with which the extension was compiled. `None` if it was compiled without one."""
    files = sorted(Path(deps).glob("frame_metadata_hash_extension-*.d"), key=lambda path: path.stat().st_mtime)
    if not files:
        return None
    found = re.search(r"^# env-dep:RUNTIME_METADATA_HASH=(?:0x)?([0-9a-fA-F]{64})$", files[-1].read_text(), re.M)
    return bytes.fromhex(found.group(1)) if found else None


def signed_leb128(value):
    """The encoding of a signed number in wasm."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        if (value == 0 and not byte & 0x40) or (value == -1 and byte & 0x40):
            out.append(byte)
            return bytes(out)
        out.append(byte | 0x80)


def constants(data):
    """The instructions that push the 64-bit words of some bytes."""
    words = (data[at:at + 8] for at in range(0, len(data) - 7, 8))
    return [bytes([I64_CONST]) + signed_leb128(int.from_bytes(word, "little", signed=True)) for word in words]


def contains(wasm, digest):
    """Whether the code contains the hash, whole or in words with or without the tag of `Some`."""
    if digest in wasm:
        return True
    splits = (constants(prefix + digest) for prefix in (b"", b"\x01"))
    return any(sum(constant in wasm for constant in split) >= WORDS for split in splits)


def main(deps, path):
    digest = compiled_hash(deps)
    if digest is None:
        print("the extension was compiled without a hash")
        return False
    print(f"metadata hash: 0x{digest.hex()}")
    if contains(Path(path).read_bytes(), digest):
        return True
    print(f"{path} does not contain it")
    return False


if __name__ == "__main__":
    sys.exit(0 if main(*sys.argv[1:]) else 1)
