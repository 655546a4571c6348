// SPDX-License-Identifier: Apache-2.0
//! Constants of the pallet.

use sp_runtime::transaction_validity::{TransactionLongevity, TransactionPriority};

/// Code of `InvalidTransaction::Custom` when a withdrawal names a consent that is not known.
pub const CONSENT_NOT_FOUND: u8 = 2;

/// For how many blocks a withdrawal stays in the pool.
pub const WITHDRAWAL_LONGEVITY: TransactionLongevity = 64;

/// Priority of a withdrawal: nothing goes before it.
pub const WITHDRAWAL_PRIORITY: TransactionPriority = TransactionPriority::MAX;
