// SPDX-License-Identifier: Apache-2.0
//! The check for authorized code.

use codec::Encode;
use polkadot_sdk::{frame_system, sp_runtime::traits::Hash};

/// Whether `System::authorize_upgrade` has authorized `code`.
pub fn is_authorized_upgrade<T: frame_system::Config>(code: &[u8]) -> bool {
    // The authorization gives its hash only in its encoding, which begins with the hash.
    frame_system::Pallet::<T>::authorized_upgrade().is_some_and(|authorization| {
        authorization.using_encoded(|bytes| bytes.starts_with(T::Hashing::hash(code).as_ref()))
    })
}
