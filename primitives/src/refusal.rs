// SPDX-License-Identifier: Apache-2.0
//! Reasons for which the pool refuses a transaction: codes in `InvalidTransaction::Custom`.
//!
//! Both chains share one registry, so that a code has one meaning on every chain and in every
//! pallet.

/// Declares each code with its name, and the list of all of them.
macro_rules! refusals {
    ($($(#[$doc:meta])+ $code:ident = $value:literal, $name:literal;)+) => {
        $($(#[$doc])+ pub const $code: u8 = $value;)+

        /// Every code with its name.
        pub const ALL: &[(u8, &str)] = &[$(($code, $name)),+];
    };
}

refusals! {
    /// The account is not a member of this chain, or is no longer one.
    NOT_MEMBER = 1, "NotMember";
    /// The account's hospital (or the account itself) is suspended.
    SUSPENDED = 2, "Suspended";
    /// The member's quota for this session is used up.
    QUOTA_EXCEEDED = 3, "QuotaExceeded";
    /// The account is admitted, but not for this call.
    CALL_NOT_AUTHORIZED = 4, "NotAuthorized";
    /// A call that revokes or closes a request names one that the consortium does not know.
    REQUEST_NOT_FOUND = 5, "RequestNotFound";
    /// A withdrawal names a consent that the hospital chain does not know.
    CONSENT_NOT_FOUND = 6, "ConsentNotFound";
    /// A call that raises a label version names an account that is not enrolled.
    PATIENT_NOT_FOUND = 7, "PatientNotFound";
    /// A rise revokes grants of the future, or fewer grants than an earlier rise.
    INVALID_REVOKE_BEFORE = 8, "InvalidRevokeBefore";
    /// The patient's label version has risen too often this month.
    MAX_LABEL_RISES_PER_MONTH_EXCEEDED = 9, "MaxLabelRisesPerMonthExceeded";
    /// The chain's clock shows a time outside the range of filing months.
    INVALID_FILING_MONTH = 10, "InvalidFilingMonth";
    /// The call is too long or too heavy, or names a bound that is too large.
    OUT_OF_BOUNDS = 11, "OutOfBounds";
    /// The proof of session keys is not by these keys for this account.
    INVALID_KEY_PROOF = 12, "InvalidKeyProof";
    /// The council's motion is not decided, or closing it would fail.
    MOTION_NOT_DECIDED = 13, "MotionNotDecided";
    /// Too many transactions of the account wait in the pool.
    TOO_MANY_PENDING = 14, "TooManyPending";
    /// The council has paused this group of calls.
    PAUSED = 15, "Paused";
    /// No runtime is authorized, or the delay since the authorization is not over.
    UPGRADE_NOT_DUE = 16, "UpgradeNotDue";
}

/// The name of a code; `None` for a code that neither chain uses.
pub fn name(code: u8) -> Option<&'static str> {
    ALL.iter()
        .find(|(known, _)| *known == code)
        .map(|(_, name)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_should_be_distinct() {
        for (n, (code, name)) in ALL.iter().enumerate() {
            for (other_code, other_name) in ALL.iter().skip(n + 1) {
                assert_ne!(code, other_code, "{name} and {other_name}");
                assert_ne!(name, other_name);
            }
        }
    }

    #[test]
    fn name_should_be_that_of_the_code_and_none_for_others() {
        assert_eq!(name(NOT_MEMBER), Some("NotMember"));
        assert_eq!(name(REQUEST_NOT_FOUND), Some("RequestNotFound"));
        assert_eq!(name(CONSENT_NOT_FOUND), Some("ConsentNotFound"));
        assert_eq!(
            name(MAX_LABEL_RISES_PER_MONTH_EXCEEDED),
            Some("MaxLabelRisesPerMonthExceeded")
        );
        assert_eq!(name(0), None);
        assert_eq!(name(u8::MAX), None);
    }
}
