// SPDX-License-Identifier: Apache-2.0
//! The receipt of a record, as far as it is on the chain.

use bspp_types::DisclosureStatus;

/// Whether a confirmation must be sent, and whether the receipt is proved already.
///
/// The node's word alone does not stop a confirmation, unless the chain would refuse it: a node that
/// hides a match could else keep the receipt from the chain.
pub(super) fn receipt(proven: Option<DisclosureStatus>, told: Option<DisclosureStatus>) -> Receipt {
    match (proven, told) {
        (Some(DisclosureStatus::Confirmed), _) => Receipt::Proved,
        (_, Some(DisclosureStatus::Confirmed)) => Receipt::Told,
        (None, None) => Receipt::NoMatch,
        _ => Receipt::Missing,
    }
}

/// The receipt of a record, as far as it is on the chain.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Receipt {
    /// It is confirmed, by proof.
    Proved,
    /// The node says that it is confirmed, in a block that is not final yet.
    Told,
    /// The record is matched, and its receipt is not confirmed.
    Missing,
    /// The request has no match of the record.
    NoMatch,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Attack: the node hides a match, so that the receipt does not reach the chain.
    #[test]
    fn receipt_should_be_sent_when_the_node_hides_the_match() {
        use DisclosureStatus::{Claimed, Confirmed, Pending};
        assert_eq!(receipt(Some(Claimed), None), Receipt::Missing);
        assert_eq!(receipt(None, Some(Pending)), Receipt::Missing);
        assert_eq!(receipt(Some(Confirmed), None), Receipt::Proved);
        assert_eq!(receipt(Some(Claimed), Some(Confirmed)), Receipt::Told);
        assert_eq!(receipt(None, None), Receipt::NoMatch);
    }
}
