// SPDX-License-Identifier: Apache-2.0
//! Means that a runtime must supply for the benchmarks.

/// Signs as a requester.
pub trait BenchmarkHelper<AccountId, Signature> {
    /// A new account.
    fn requester() -> AccountId;
    /// The account's signature.
    fn sign(message: &[u8]) -> Signature;
}
