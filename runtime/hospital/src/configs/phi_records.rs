// SPDX-License-Identifier: Apache-2.0
//! Encrypted records.

use crate::{HospitalAdmin, Patients, Runtime, Timestamp};

impl pallet_phi_records::Config for Runtime {
    type Chain = HospitalAdmin;
    type Staff = HospitalAdmin;
    type Consents = Patients;
    type AdminOrigin = pallet_hospital_admin::EnsureAdmin<Runtime>;
    type Time = Timestamp;
    type WeightInfo = pallet_phi_records::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmarks::Maker;
}

#[cfg(feature = "runtime-benchmarks")]
mod benchmarks {
    //! The consents that benchmarks of records need.

    use crate::{HospitalAdmin, Runtime};
    use bspp_primitives::traits::HospitalChain;
    use bspp_types::{messages, Consent, ConsentId, ConsentTerms, FilingMonth};
    use pallet_patients::Consents;
    use pallet_phi_records::benchmark_helper::BenchmarkHelper;

    /// Writes consents directly to the state.
    pub struct Maker;

    impl BenchmarkHelper for Maker {
        fn make_consent(patient: [u8; 32]) -> ConsentId {
            let terms = ConsentTerms {
                patient,
                from: 0,
                until: FilingMonth::MAX,
                salt: [0; 32],
            };
            let (chain, hospital) = (HospitalAdmin::chain(), HospitalAdmin::hospital());
            let id = messages::consent_id(&chain, &hospital, &terms);
            let consent = Consent {
                terms,
                signature: [0; 64],
                withdrawn: false,
            };
            Consents::<Runtime>::insert(id, consent);
            id
        }
    }
}
