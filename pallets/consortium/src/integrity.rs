// SPDX-License-Identifier: Apache-2.0
//! The conditions that a runtime's configuration must meet.

use crate::pallet::*;
use frame_support::traits::Get;

impl<T: Config> Pallet<T> {
    /// Panics if the configuration cannot work. Only tests of a runtime call it.
    pub(crate) fn check_config() {
        assert!(T::MaxHospitals::get() > 0 && T::MaxCouncil::get() > 0);
        assert!(T::MinValidators::get() > 0, "a chain needs a validator");
        assert!(T::MaxValidators::get() >= T::MinValidators::get());
        assert!(T::MaxKeys::get() > 0 && T::MaxKeyNotice::get() > 0);
        assert!(
            T::DefaultUpgradeDelay::get() > 0,
            "members need time before an upgrade"
        );
        Self::check_quotas();
    }

    /// Panics if a bucket of the quota is too small for the calls that it pays for.
    ///
    /// A reserve of two registrations lets a hospital send one again that was lost.
    pub(crate) fn check_quotas() {
        let (weight, bytes) = (T::RegistrationWeight::get(), T::RegistrationBytes::get());
        let reserve = Self::base_reserve();
        assert!(
            weight > 0 && reserve.weight >= weight.saturating_mul(2),
            "the reserve has weight for two of the largest registrations"
        );
        assert!(
            bytes > 0 && reserve.bytes >= bytes.saturating_mul(2),
            "the reserve has bytes for two of the largest registrations"
        );
        let common = Self::common_quota();
        let (weight, bytes) = (T::DelegateWeight::get(), T::DelegateBytes::get());
        assert!(
            (1..=common.weight).contains(&weight) && (1..=common.bytes).contains(&bytes),
            "a requester's share is a part of the common quota"
        );
    }
}
