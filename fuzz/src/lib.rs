// SPDX-License-Identifier: Apache-2.0
//! The honest world that fuzz targets and seeds share.

pub mod node;

use bspp_attacks::{evidence, hiv, keys, rng, vaccination, Doctor, Hospital, CHAIN, NOW};
use bspp_peks::PatientKeys;
use bspp_record::{GrantEnvelope, ReceivedGrant, ScopeOpening, SharedRecord};
use bspp_types::H256;
use codec::{DecodeAll, Encode};
use std::sync::OnceLock;

/// One patient, hospital, doctor, grant and record.
pub struct World {
    /// The hospital.
    pub hospital: Hospital,
    /// The doctor.
    pub doctor: Doctor,
    /// The patient's keys.
    pub patient: PatientKeys,
    /// A record with two keywords.
    pub record: SharedRecord,
    /// The grant, as sent.
    pub envelope: GrantEnvelope,
    /// The grant, as received.
    pub grant: ReceivedGrant,
    /// The evidence that the grant covers the record.
    pub opening: ScopeOpening,
}

/// The world, which is made once.
pub fn world() -> &'static World {
    static WORLD: OnceLock<World> = OnceLock::new();
    WORLD.get_or_init(|| {
        let (mut hospital, doctor, patient) = (Hospital::new(), Doctor::new(11), keys(1));
        let items = [
            hospital.item(0, &[hiv()], true),
            hospital.item(0, &[hiv(), vaccination()], true),
        ];
        let (envelope, grant) = doctor.granted(&patient, 0, &items);
        let record = hospital.file(&patient, 0, &[hiv(), vaccination()]);
        let opening = evidence(&hospital, &grant, 1, &record).expect("the record has both labels");
        World {
            hospital,
            doctor,
            patient,
            record,
            envelope,
            grant,
            opening,
        }
    })
}

/// Decodes a value. It must encode to the same bytes: no value has two encodings.
pub fn decoded<T: DecodeAll + Encode>(data: &[u8]) -> Option<T> {
    let value = T::decode_all(&mut &data[..]).ok()?;
    assert_eq!(value.encode(), data, "two encodings of one value");
    Some(value)
}

/// The chain of the world.
pub fn chain() -> H256 {
    H256(CHAIN)
}

/// A time in the world.
pub fn now() -> u64 {
    NOW
}

/// Random bytes that are the same in each run.
pub fn random() -> rand::rngs::StdRng {
    rng(7)
}
