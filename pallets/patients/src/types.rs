// SPDX-License-Identifier: Apache-2.0
//! Types that the pallet stores besides patients and consents.

use bspp_peks::LabelVersion;
use bspp_types::{FilingMonth, Moment};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;

/// A patient's label version. The default is the state before the first rise.
#[derive(
    Clone,
    Copy,
    Debug,
    Default,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Label {
    /// The version in force, which is the number of rises so far.
    pub version: LabelVersion,
    /// Grants that were issued before this time are revoked.
    pub revoke_before: Moment,
    /// The month of the last rise.
    pub filing_month: FilingMonth,
    /// Number of rises in that month.
    pub rises: u32,
}

/// The last rise of a month.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Encode,
    Decode,
    DecodeWithMemTracking,
    MaxEncodedLen,
    TypeInfo,
)]
pub struct Rise {
    /// The version in force after it.
    pub version: LabelVersion,
    /// The chain's time of the rise.
    pub raised_on: Moment,
}
