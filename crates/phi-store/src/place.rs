// SPDX-License-Identifier: Apache-2.0
//! Names of the objects in a store.

use bspp_types::H256;
use object_store::path::Path;

/// The room of payloads.
pub(crate) const PAYLOADS: &str = "payloads";
/// The room of tombstones: an object for each payload that was erased.
pub(crate) const ERASED: &str = "erased";
/// The object with the identity of a store.
pub(crate) const MARKER: &str = "phi-store";

fn place(room: &str, hash: &H256) -> Path {
    let [first, second, ..] = hash.0;
    Path::from(format!(
        "{room}/{first:02x}/{second:02x}/{}",
        hex::encode(hash.0)
    ))
}

/// The object of a payload.
pub(crate) fn payload(hash: &H256) -> Path {
    place(PAYLOADS, hash)
}

/// The tombstone of a payload.
pub(crate) fn tombstone(hash: &H256) -> Path {
    place(ERASED, hash)
}

/// The payloads whose hashes begin with a byte.
pub(crate) fn payloads_from(first: u8) -> Path {
    Path::from(format!("{PAYLOADS}/{first:02x}"))
}

/// The hash in an object's name. `None` for a foreign object.
pub(crate) fn hash_of(path: &Path) -> Option<H256> {
    let mut hash = H256::zero();
    hex::decode_to_slice(path.filename()?, &mut hash.0).ok()?;
    Some(hash)
}
