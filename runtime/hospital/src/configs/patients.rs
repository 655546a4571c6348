// SPDX-License-Identifier: Apache-2.0
//! Patients and consents.

use crate::{HospitalAdmin, Runtime, Timestamp};
use bspp_runtime_common::{HostBundleVerifier, Longevity};

impl pallet_patients::Config for Runtime {
    type Chain = HospitalAdmin;
    type Staff = HospitalAdmin;
    type BundleVerifier = HostBundleVerifier;
    type Time = Timestamp;
    type WeightInfo = pallet_patients::weights::SubstrateWeight<Runtime>;
    type Longevity = Longevity<Runtime>;
}
