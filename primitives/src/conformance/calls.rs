// SPDX-License-Identifier: Apache-2.0
//! Classes of calls, by which a restricted block admits them.

/// The class of a call. [`super::AttestationKind::admits`] tells which blocks may carry it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallClass {
    /// The call keeps the chain going: anchors, revocations, governance. Every block admits it.
    Operational,
    /// The call registers entry blocks, which cures the lag of its hospital.
    Registration,
    /// Any other call. Only full blocks admit it.
    Ordinary,
}
