// SPDX-License-Identifier: Apache-2.0
//! Aliases and constants of the pallet.

use bspp_primitives::Request;
use sp_runtime::transaction_validity::{TransactionLongevity, TransactionPriority};

/// A request with the runtime's account type.
pub type RequestOf<T> = Request<<T as frame_system::Config>::AccountId>;

/// Code of `InvalidTransaction::Custom` when a revocation or closing names a request that is not known.
pub const REQUEST_NOT_FOUND: u8 = 1;

/// For how many blocks a revocation or closing stays in the pool.
pub const GRANT_KEY_LONGEVITY: TransactionLongevity = 64;

/// Priority of a revocation or closing: nothing goes before it.
pub const GRANT_KEY_PRIORITY: TransactionPriority = TransactionPriority::MAX;
