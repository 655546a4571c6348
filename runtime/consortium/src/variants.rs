// SPDX-License-Identifier: Apache-2.0
//! What variants of the runtime differ in. No chain that people use is built with one.

use crate::apis;
use alloc::borrow::Cow;
use polkadot_sdk::sp_version::{self, RuntimeVersion};

/// What this variant is: the runtime after the present one.
#[cfg(feature = "next-gate-parameters")]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("bspp-consortium"),
    impl_name: Cow::Borrowed("bspp-consortium"),
    authoring_version: 1,
    spec_version: 101,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// What this variant is: no runtime that a chain could upgrade to.
#[cfg(feature = "baseline-without-gate")]
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
    spec_name: Cow::Borrowed("bspp-consortium-without-gate"),
    impl_name: Cow::Borrowed("bspp-consortium"),
    authoring_version: 1,
    spec_version: 100,
    impl_version: 1,
    apis: apis::RUNTIME_API_VERSIONS,
    transaction_version: 1,
    system_version: 1,
};

/// Hooks of all pallets but the gate: what a block costs without it.
#[cfg(feature = "baseline-without-gate")]
pub type Ungated = (
    crate::System,
    crate::Timestamp,
    crate::Aura,
    crate::Authorship,
    crate::Session,
    crate::Historical,
    crate::Grandpa,
    crate::Offences,
    crate::Council,
    crate::Consortium,
    crate::HospitalAnchor,
    crate::PhiIndex,
    crate::PeksSearch,
);

/// An upgrade that changes the gate's own parameters.
#[cfg(feature = "next-gate-parameters")]
pub struct NextGateParameters;

#[cfg(feature = "next-gate-parameters")]
impl polkadot_sdk::frame_support::traits::OnRuntimeUpgrade for NextGateParameters {
    fn on_runtime_upgrade() -> polkadot_sdk::frame_support::weights::Weight {
        use polkadot_sdk::frame_support::traits::Get;
        pallet_conformance::GateParameters::<crate::Runtime>::put(crate::configs::GateParameters {
            max_anchor_age: 40,
            max_lag: 80,
        });
        <crate::Runtime as polkadot_sdk::frame_system::Config>::DbWeight::get().writes(1)
    }
}
