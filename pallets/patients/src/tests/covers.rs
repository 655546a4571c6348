// SPDX-License-Identifier: Apache-2.0

use crate::mock::*;
use bspp_primitives::traits::Consents;
use bspp_types::ConsentTerms;
use frame_support::assert_ok;
use proptest::prelude::*;
use sp_runtime::DispatchResult;

fn register(terms: ConsentTerms, signature: [u8; 64]) -> DispatchResult {
    Patients::register_consent(RuntimeOrigin::signed(STAFF), terms, signature)
}

#[test]
fn covers_should_not_hold_for_another_patient_or_an_unknown_consent() {
    ExtBuilder::default()
        .with_patient(0)
        .with_patient(1)
        .build_and_execute(|| {
            let id = consent_id(&terms(0));
            assert!(!Patients::covers(&id, &account(0).public(), 610));
            assert_ok!(register(terms(0), sign_terms(0, &terms(0))));
            assert!(Patients::covers(&id, &account(0).public(), 610));
            assert!(!Patients::covers(&id, &account(1).public(), 610));
        });
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn covers_should_hold_exactly_from_the_first_to_the_last_month(
        from in 0u16..800, length in 0u16..30, filing_months in prop::collection::vec(0u16..840, 20)
    ) {
        ExtBuilder::default().with_patient(0).build_and_execute(|| {
            let until = from + length;
            let terms = ConsentTerms { from, until, ..terms(0) };
            let (id, patient) = (consent_id(&terms), terms.patient);
            assert_ok!(register(terms.clone(), sign_terms(0, &terms)));
            let edges = [from.saturating_sub(1), from, until, until + 1];
            for filing_month in filing_months.iter().copied().chain(edges) {
                let expected = filing_month >= from && filing_month <= until;
                assert_eq!(Patients::covers(&id, &patient, filing_month), expected);
            }
            assert_ok!(Patients::withdraw_consent(
                frame_system::RawOrigin::Authorized.into(), id, [0; 64]
            ));
            for filing_month in from..=until {
                assert!(!Patients::covers(&id, &patient, filing_month));
            }
        });
    }
}
