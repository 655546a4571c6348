// SPDX-License-Identifier: Apache-2.0
//! Runtime upgrades: the delay between authorization and application.

use crate::pallet::*;
use bspp_primitives::traits::DueUpgrades;
use codec::Encode;
use frame_support::traits::{Get, IsSubType};
use frame_system::pallet_prelude::BlockNumberFor;
use sp_runtime::traits::Saturating;

impl<T: Config> Pallet<T> {
    /// Number of blocks between the authorization of a runtime and its application. Never zero.
    pub fn upgrade_delay() -> u32 {
        let delay = match UpgradeDelay::<T>::get() {
            0 => T::DefaultUpgradeDelay::get(),
            chosen => chosen,
        };
        delay.max(1)
    }

    /// Authorizes a runtime, which may be applied after the delay.
    ///
    /// An earlier authorization ends.
    pub(crate) fn do_authorize_upgrade(code_hash: T::Hash) {
        let due: BlockNumberFor<T> =
            frame_system::Pallet::<T>::block_number().saturating_add(Self::upgrade_delay().into());
        frame_system::Pallet::<T>::do_authorize_upgrade(code_hash, true);
        AuthorizedUpgrade::<T>::put((code_hash, due));
        Self::deposit_event(Event::UpgradeAuthorized { code_hash, due });
    }

    /// Whether a call applies a runtime before its time.
    pub(crate) fn is_early_upgrade(call: &<T as Config>::RuntimeCall) -> bool {
        let applies = matches!(
            call.is_sub_type(),
            Some(frame_system::Call::apply_authorized_upgrade { .. })
        );
        applies && !Self::is_upgrade_due()
    }
}

impl<T: Config> DueUpgrades for Pallet<T> {
    fn is_upgrade_due() -> bool {
        let Some((code_hash, due)) = AuthorizedUpgrade::<T>::get() else {
            return false;
        };
        // The system pallet gives its authorization only in encoded form: the hash, then whether it
        // checks name and version. An authorization by another way does not count.
        let authorized = frame_system::Pallet::<T>::authorized_upgrade()
            .is_some_and(|system| system.encode() == (code_hash, true).encode());
        authorized && frame_system::Pallet::<T>::block_number() >= due
    }
}
