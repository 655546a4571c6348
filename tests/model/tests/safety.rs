// SPDX-License-Identifier: Apache-2.0
//! With all rules of version 2, the claims about single states hold under free conduct.

use bspp_model::{check, Claim, Conduct, Consortium, Graph, Rules, Sizes};

/// Checks safety and that the model reaches the states that make it interesting.
fn safe(title: &str, sizes: Sizes, more: &[Claim], examples: &[Claim]) {
    let model = Consortium::new(Rules::VERSION_2, sizes, Conduct::Free);
    let claims = [&Claim::SAFETY, more, examples].concat();
    let checked = check(title, &model, &claims);
    let broken: Vec<_> = checked.broken.iter().map(|(claim, _)| claim).collect();
    assert!(broken.is_empty(), "{broken:?}");
    assert_eq!(checked.missing, [], "the model does not reach these");
}

const RESTRICTIONS: [Claim; 3] = [Claim::SomeLag, Claim::SomeStale, Claim::AllRestricted];

#[test]
fn two_hospitals_should_be_safe() {
    safe(
        "two hospitals",
        Sizes::TWO,
        &[Claim::NoWaste],
        &RESTRICTIONS,
    );
}

#[test]
fn two_hospitals_should_be_safe_when_pools_lose() {
    let sizes = Sizes {
        losses: true,
        ..Sizes::TWO
    };
    safe(
        "two hospitals, losses",
        sizes,
        &[Claim::NoWaste],
        &RESTRICTIONS,
    );
}

#[test]
fn a_pipeline_with_a_quota_should_be_safe() {
    let examples = [Claim::SomeClockStands, Claim::SomeFullFlight];
    let examples = [&RESTRICTIONS[..], &examples].concat();
    safe("one hospital", Sizes::ONE, &[Claim::NoWaste], &examples);
}

#[test]
fn one_hospital_should_be_safe_when_pools_lose() {
    let sizes = Sizes {
        losses: true,
        ..Sizes::SMALL
    };
    safe(
        "one small hospital, losses",
        sizes,
        &[Claim::NoWaste],
        &RESTRICTIONS,
    );
}

#[test]
fn one_hospital_should_be_safe_beside_a_second_gateway() {
    let sizes = Sizes {
        second_gateway: true,
        ..Sizes::SMALL
    };
    safe(
        "one small hospital, second gateway",
        sizes,
        &[],
        &RESTRICTIONS,
    );
}

#[test]
fn consortium_should_be_safe_from_a_cheating_operator() {
    let sizes = Sizes {
        dishonest: true,
        ..Sizes::SMALL
    };
    safe("one small hospital, cheats", sizes, &[], &RESTRICTIONS);
}

#[test]
fn both_explorations_should_find_the_same_states() {
    for sizes in [Sizes::TWO, Sizes::SMALL] {
        let model = Consortium::new(Rules::VERSION_2, sizes, Conduct::Free);
        let checked = check("checker", &model, &[Claim::QuotaKept]);
        let graph = Graph::explore("graph", &model, &[Default::default()], |_, _| 0);
        assert_eq!(graph.states().len(), checked.states);
    }
}
