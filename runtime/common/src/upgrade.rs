// SPDX-License-Identifier: Apache-2.0
//! Which code is authorized.

use codec::Encode;
use polkadot_sdk::{frame_system, sp_runtime::traits::Hash};

/// Whether `code` is what `System::authorize_upgrade` has authorized.
pub fn is_authorized_upgrade<T: frame_system::Config>(code: &[u8]) -> bool {
    // The authorization does not give out its hash otherwise than by its encoding, which begins with it.
    frame_system::Pallet::<T>::authorized_upgrade().is_some_and(|authorization| {
        authorization.using_encoded(|bytes| bytes.starts_with(T::Hashing::hash(code).as_ref()))
    })
}
