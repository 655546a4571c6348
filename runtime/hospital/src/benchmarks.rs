// SPDX-License-Identifier: Apache-2.0
//! The benchmarks for `frame-omni-bencher`.

polkadot_sdk::frame_benchmarking::define_benchmarks!(
    [polkadot_sdk::pallet_timestamp, Timestamp]
    [pallet_conformance, Conformance]
    [pallet_hospital_admin, HospitalAdmin]
    [pallet_patients, Patients]
    [pallet_phi_records, PhiRecords]
);
