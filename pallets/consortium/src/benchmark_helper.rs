// SPDX-License-Identifier: Apache-2.0
//! Means that a runtime must supply for the benchmarks.

/// Signs as a requester, and names a root call.
pub trait BenchmarkHelper<AccountId, Signature, Call> {
    /// A new account.
    fn requester() -> AccountId;
    /// The account's signature.
    fn sign(message: &[u8]) -> Signature;
    /// A call that the council may dispatch as root.
    fn root_call() -> Call;
}
