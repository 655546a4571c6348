// SPDX-License-Identifier: Apache-2.0
//! The checks of runtime upgrades: authorized code, at its time.

use bspp_primitives::traits::DueUpgrades;
use codec::Encode;
use core::marker::PhantomData;
use polkadot_sdk::{
    frame_support::traits::{Contains, IsSubType},
    frame_system,
    sp_runtime::traits::Hash,
};

/// Whether `System::authorize_upgrade` has authorized `code`.
pub fn is_authorized_upgrade<T: frame_system::Config>(code: &[u8]) -> bool {
    // The authorization gives its hash only in its encoding, which begins with the hash.
    frame_system::Pallet::<T>::authorized_upgrade().is_some_and(|authorization| {
        authorization.using_encoded(|bytes| bytes.starts_with(T::Hashing::hash(code).as_ref()))
    })
}

/// A call filter that refuses to apply a runtime before its time.
///
/// It is for calls that another call wraps, such as `execute` of a council member. A transaction
/// that applies a runtime itself does not get this far: [`crate::CheckMember`] refuses it, because
/// it would leave megabytes in the block if it failed there.
pub struct OnlyDueUpgrades<T, U>(PhantomData<(T, U)>);

impl<T: frame_system::Config, U: DueUpgrades> Contains<T::RuntimeCall> for OnlyDueUpgrades<T, U>
where
    T::RuntimeCall: IsSubType<frame_system::Call<T>>,
{
    fn contains(call: &T::RuntimeCall) -> bool {
        let applies = matches!(
            call.is_sub_type(),
            Some(frame_system::Call::apply_authorized_upgrade { .. })
        );
        !applies || U::is_upgrade_due()
    }
}
