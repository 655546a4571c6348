// SPDX-License-Identifier: Apache-2.0
//! What `frame-omni-bencher` can measure.

polkadot_sdk::frame_benchmarking::define_benchmarks!(
    [polkadot_sdk::pallet_timestamp, Timestamp]
    [pallet_conformance, Conformance]
    [pallet_enrolment, Enrolment]
    [pallet_phi_records, PhiRecords]
);
