# SPDX-License-Identifier: Apache-2.0
"""The proof of the metadata's hash (scripts/metadata_hash.py) finds it, and finds nothing else."""

import sys
import tempfile
import unittest
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

import metadata_hash  # noqa: E402

DIGEST = bytes(range(100, 132))


class MetadataHash(unittest.TestCase):
    def test_hash_should_be_found_when_it_is_whole_or_in_words(self):
        plain = b"\x00asm" + DIGEST + b"tail"
        words = b"\x00asm" + b"\x37".join(metadata_hash.constants(DIGEST))
        tagged = b"\x00asm" + b"\x37".join(metadata_hash.constants(b"\x01" + DIGEST))
        for wasm in (plain, words, tagged):
            self.assertTrue(metadata_hash.contains(wasm, DIGEST))

    def test_hash_should_not_be_found_when_it_is_another(self):
        other = bytes(reversed(DIGEST))
        for wasm in (b"\x00asm" + other, b"".join(metadata_hash.constants(other)), DIGEST[:31]):
            self.assertFalse(metadata_hash.contains(wasm, DIGEST))

    def test_numbers_should_be_encoded_as_in_wasm(self):
        cases = {0: "00", 63: "3f", 64: "c000", -1: "7f", -64: "40", -65: "bf7f", 624485: "e58e26"}
        for value, encoded in cases.items():
            self.assertEqual(metadata_hash.signed_leb128(value).hex(), encoded)

    def test_hash_should_be_missing_when_the_extension_was_compiled_without_it(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertIsNone(metadata_hash.compiled_hash(folder))
            record = Path(folder) / "frame_metadata_hash_extension-0a.d"
            record.write_text("lib.rs:\n\n# env-dep:RUNTIME_METADATA_HASH\n", encoding="utf-8")
            self.assertIsNone(metadata_hash.compiled_hash(folder))
            record.write_text(f"# env-dep:RUNTIME_METADATA_HASH=0x{DIGEST.hex()}\n", encoding="utf-8")
            self.assertEqual(metadata_hash.compiled_hash(folder), DIGEST)


if __name__ == "__main__":
    unittest.main()
