// SPDX-License-Identifier: Apache-2.0
//! Engines of the digest items that conformance reads and writes.

use sp_runtime::ConsensusEngineId;

/// Engine of the digests of conformance.
///
/// The pre-runtime digest has the attestation, and the consensus digest has the content.
pub const CONFORMANCE_ENGINE_ID: ConsensusEngineId = *b"conf";
/// Engine of Aura's digests: the pre-runtime digest with the slot, and the seal.
pub const AURA_ENGINE_ID: ConsensusEngineId = *b"aura";
