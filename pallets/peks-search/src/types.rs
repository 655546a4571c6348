// SPDX-License-Identifier: Apache-2.0
//! Aliases and constants of the pallet.

use bspp_types::Request;
use sp_runtime::transaction_validity::TransactionPriority;

/// A request with the runtime's account type.
pub type RequestOf<T> = Request<<T as frame_system::Config>::AccountId>;

/// Priority of a call that revokes or closes a request: the highest.
pub const GRANT_KEY_PRIORITY: TransactionPriority = TransactionPriority::MAX;
