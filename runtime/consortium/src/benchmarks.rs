// SPDX-License-Identifier: Apache-2.0
//! The benchmarks for `frame-omni-bencher`.

polkadot_sdk::frame_benchmarking::define_benchmarks!(
    [polkadot_sdk::pallet_timestamp, Timestamp]
    [polkadot_sdk::pallet_collective, Council]
    [pallet_conformance, Conformance]
    [pallet_consortium, Consortium]
    [pallet_hospital_anchor, HospitalAnchor]
    [pallet_phi_index, PhiIndex]
    [pallet_peks_search, PeksSearch]
);
