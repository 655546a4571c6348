// SPDX-License-Identifier: Apache-2.0
//! Calls that both runtimes have.

/// `pallet-conformance`: the standing of authors.
///
/// On the consortium the council makes these calls, on a hospital chain an admin.
pub mod conformance {
    use crate::Call;
    use bspp_primitives::AccountId;
    use codec::Encode;

    const PALLET: &str = "Conformance";

    /// The parameters of the consortium's gate, in slots. A hospital chain has none.
    #[derive(Clone, Copy, Debug, PartialEq, Eq, Encode)]
    pub struct GateParameters {
        /// Maximum age of a hospital's anchor.
        pub max_anchor_age: u64,
        /// Maximum time from the anchoring of an entry block to its registration.
        pub max_lag: u64,
    }

    /// Suspends an author: its blocks are invalid, and it leaves the set at the next session.
    pub fn suspend_author(author: &AccountId) -> Call {
        Call::new(PALLET, "suspend_author", author)
    }

    /// Readmits a suspended author, and deletes the equivocations that were noted against it.
    pub fn readmit_author(author: &AccountId) -> Call {
        Call::new(PALLET, "readmit_author", author)
    }

    /// Council: changes the gate of the consortium chain.
    pub fn set_parameters(parameters: &GateParameters) -> Call {
        Call::new(PALLET, "set_parameters", parameters)
    }
}

/// GRANDPA (`pallet-grandpa`).
pub mod grandpa {
    use crate::Call;

    const PALLET: &str = "Grandpa";

    /// Root: reports that finality has stalled.
    ///
    /// The set of voters from the beginning of the next session takes over `delay` blocks after
    /// that beginning, and votes on top of `best_finalized`: the highest block that any node has
    /// finalized.
    pub fn note_stalled(delay: u32, best_finalized: u32) -> Call {
        Call::new(PALLET, "note_stalled", (delay, best_finalized))
    }
}

/// Session keys of a node (`pallet-session`).
pub mod session {
    use crate::Call;
    use codec::Encode;

    const PALLET: &str = "Session";

    /// Validator: registers session keys.
    ///
    /// `keys` and `proof` come from `ChainClient::rotate_session_keys`.
    pub fn set_keys(keys: &[u8], proof: &[u8]) -> Call {
        let mut args = keys.to_vec();
        proof.encode_to(&mut args);
        Call {
            pallet: PALLET,
            call: "set_keys",
            args,
        }
    }
}

/// The runtime itself (`frame-system`).
pub mod system {
    use crate::Call;
    use sp_core::H256;

    const PALLET: &str = "System";

    /// Root: authorizes a runtime by the BLAKE2b-256 hash of its wasm.
    ///
    /// The name of the runtime must be the same, and its version must be higher.
    pub fn authorize_upgrade(code_hash: H256) -> Call {
        Call::new(PALLET, "authorize_upgrade", code_hash)
    }

    /// Any member: submits the authorized wasm. It takes effect in the next block.
    pub fn apply_authorized_upgrade(code: &[u8]) -> Call {
        Call::new(PALLET, "apply_authorized_upgrade", code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use codec::{Decode, Encode};
    use sp_core::H256;
    use sp_runtime::AccountId32;

    #[test]
    fn author_calls_should_carry_the_account_alone() {
        let author = AccountId32::new([7; 32]);
        for call in [
            conformance::suspend_author(&author),
            conformance::readmit_author(&author),
        ] {
            assert_eq!((call.pallet, call.args), ("Conformance", vec![7; 32]));
        }
    }

    #[test]
    fn gate_parameters_should_be_two_slots_counts_in_order() {
        let call = conformance::set_parameters(&conformance::GateParameters {
            max_anchor_age: 24,
            max_lag: 40,
        });
        assert_eq!(
            <(u64, u64)>::decode(&mut call.args.as_slice()),
            Ok((24, 40))
        );
    }

    #[test]
    fn note_stalled_should_carry_the_delay_first() {
        let call = grandpa::note_stalled(100, 7);
        assert_eq!(call.args, (100u32, 7u32).encode());
    }

    #[test]
    fn set_keys_should_give_the_proof_its_length_and_the_keys_none() {
        let call = session::set_keys(&[1; 96], &[2; 64]);
        assert_eq!(call.args, ([1u8; 96], vec![2u8; 64]).encode());
    }

    #[test]
    fn upgrades_should_carry_hash_and_code() {
        assert_eq!(system::authorize_upgrade(H256([3; 32])).args, vec![3u8; 32]);
        assert_eq!(
            system::apply_authorized_upgrade(&[9; 5]).args,
            vec![9u8; 5].encode()
        );
    }
}
