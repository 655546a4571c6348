// SPDX-License-Identifier: Apache-2.0
//! Encrypted records.

use crate::{Enrolment, Runtime, Timestamp};
use bspp_primitives::{MAX_CHUNKS, MAX_CHUNK_BYTES};
use bspp_runtime_common::DAYS;
use polkadot_sdk::frame_support::traits::ConstU32;

impl pallet_phi_records::Config for Runtime {
    type Staff = Enrolment;
    type Consents = Enrolment;
    type Time = Timestamp;
    type MaxRecordBytes = ConstU32<{ MAX_CHUNKS * MAX_CHUNK_BYTES }>;
    type ChunkLifetime = ConstU32<{ 2 * DAYS }>;
    type WeightInfo = pallet_phi_records::weights::SubstrateWeight<Runtime>;
    #[cfg(feature = "runtime-benchmarks")]
    type BenchmarkHelper = benchmarks::Maker;
}

#[cfg(feature = "runtime-benchmarks")]
mod benchmarks {
    //! What benchmarks of records find in the enrolment pallet.

    use super::Runtime;
    use bspp_primitives::{messages, AccountId, Consent, ConsentId, ConsentTerms, Epoch};
    use pallet_enrolment::{Clinicians, Consents, Pallet as Enrolment};
    use pallet_phi_records::benchmarking::BenchmarkHelper;

    /// Writes staff and consents straight into the state.
    pub struct Maker;

    impl BenchmarkHelper<AccountId> for Maker {
        fn make_staff(who: &AccountId) {
            Clinicians::<Runtime>::insert(who, ());
        }

        fn make_consent(patient: [u8; 32]) -> ConsentId {
            let terms = ConsentTerms {
                patient,
                from: 0,
                until: Epoch::MAX,
                salt: [0; 32],
            };
            let (chain, hospital) = (
                Enrolment::<Runtime>::chain(),
                Enrolment::<Runtime>::hospital(),
            );
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
