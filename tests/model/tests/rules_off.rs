// SPDX-License-Identifier: Apache-2.0
//! Each rule is needed: without it the checker finds the fault that the rule prevents.

use bspp_model::{
    check, find, print_route, Claim, Conduct, Consortium, Graph, Rules, Sizes, State, Verdict,
};

const RULES: Rules = Rules::VERSION_2;

/// Two hospitals, whose pools may lose transactions.
const LOSING: Sizes = Sizes {
    losses: true,
    ..Sizes::TWO
};

/// Asserts that the claim fails with these rules, and holds with those of version 2.
fn needed(title: &str, rules: Rules, sizes: Sizes, conduct: Conduct, claim: Claim) {
    let model = Consortium::new(rules, sizes, conduct);
    assert!(find(title, &model, claim).is_some(), "{title}: not found");
    let model = Consortium::new(RULES, sizes, conduct);
    let checked = check("  all rules on", &model, &[claim]);
    assert!(checked.broken.is_empty(), "{title}: the rule does not help");
}

fn all_full(model: &Consortium, state: &State) -> bool {
    let hospitals = model.hospitals(state);
    hospitals
        .iter()
        .all(|of| model.verdict(of) == Verdict::Full)
}

/// Number of states from which honest steps never make all full; prints a run.
fn trapped(title: &str, rules: Rules, sizes: Sizes) -> usize {
    let model = Consortium::new(rules, sizes, Conduct::Free);
    let graph = Graph::explore(title, &model, &[State::default()], |_, action| {
        u8::from(model.is_honest(action))
    });
    // Most readers see the fault best where all wait for each other.
    let all_lag = |state: &State| {
        let hospitals = model.hospitals(state);
        hospitals.iter().all(|of| model.verdict(of) == Verdict::Lag)
    };
    let (trapped, route) = graph.trap(1, |state| all_full(&model, state), all_lag);
    println!("  {trapped} states are traps");
    if let Some(route) = route {
        print_route(&model, &route);
    }
    trapped
}

/// Number of fair slots after which all states have healed, or the run that does not heal.
fn healing(title: &str, rules: Rules, sizes: Sizes) -> Option<u32> {
    let free = Consortium::new(rules, sizes, Conduct::Free);
    let graph = Graph::explore(title, &free, &[State::default()], |_, _| 0);
    let starts = graph.states().to_vec();
    drop(graph);
    let sizes = Sizes {
        losses: false,
        dishonest: false,
        ..sizes
    };
    let fair = Consortium::new(rules, sizes, Conduct::Fair);
    let graph = Graph::explore("  fair conduct from each", &fair, &starts, |_, _| 0);
    let longest = graph.longest_avoiding(|state| all_full(&fair, state));
    if let Err(route) = &longest {
        println!("  some states never heal");
        print_route(&fair, route);
    }
    let longest = longest.ok();
    println!("  slots until all are full: {longest:?}");
    longest
}

#[test]
fn r1_off_should_put_an_anchor_behind_a_registration() {
    let rules = Rules {
        anchor_account: false,
        ..RULES
    };
    let claim = Claim::AnchorNotBehind;
    needed("rule R1 off", rules, Sizes::TWO, Conduct::Free, claim);
}

#[test]
fn r1_off_should_delay_or_prevent_the_healing() {
    let rules = Rules {
        anchor_account: false,
        ..RULES
    };
    let with = healing("all rules", RULES, Sizes::TWO);
    let without = healing("rule R1 off", rules, Sizes::TWO);
    assert!(with.is_some());
    assert!(without.is_none() || without > with);
}

#[test]
fn r1_and_r6_off_should_trap_an_anchor_behind_a_registration() {
    let rules = Rules {
        anchor_account: false,
        mortal: false,
        ..RULES
    };
    assert!(trapped("rules R1 and R6 off", rules, Sizes::TWO) > 0);
    // R1 alone removes the traps, if pools lose nothing.
    let rules = Rules {
        mortal: false,
        ..RULES
    };
    assert_eq!(trapped("rule R6 off, no losses", rules, Sizes::TWO), 0);
}

#[test]
fn r2_off_should_be_a_fixpoint_of_restricted_blocks() {
    let rules = Rules {
        lag_admits_registrations: false,
        ..RULES
    };
    assert!(trapped("rule R2 off", rules, Sizes::TWO) > 0);
    assert_eq!(trapped("all rules", RULES, Sizes::TWO), 0);
}

#[test]
fn excuse_of_version_1_should_heal_later_than_r2() {
    let rules = Rules {
        lag_admits_registrations: false,
        excuse: true,
        ..RULES
    };
    assert_eq!(trapped("rule R2 off, excuse", rules, Sizes::TWO), 0);
    let with = healing("all rules", RULES, Sizes::TWO);
    let without = healing("rule R2 off, excuse", rules, Sizes::TWO);
    assert!(with.is_some());
    assert!(without.is_none() || without > with);
}

#[test]
fn r3_off_should_fail_a_registration_beside_a_second_gateway() {
    let rules = Rules {
        many_blocks: false,
        ..RULES
    };
    let sizes = Sizes {
        second_gateway: true,
        ..Sizes::SMALL
    };
    needed("rule R3 off", rules, sizes, Conduct::Free, Claim::NoFailure);
}

#[test]
fn r3_off_should_restrict_an_honest_hospital_with_many_blocks() {
    let rules = Rules {
        many_blocks: false,
        ..RULES
    };
    let sizes = Sizes {
        backlog: 6,
        call: 6,
        flight: 1,
        quota: None,
        ..Sizes::ONE
    };
    needed("rule R3 off", rules, sizes, Conduct::Fair, Claim::NoLag);
}

#[test]
fn r4_off_should_let_one_doctor_use_the_quota_of_all() {
    let rules = Rules {
        shares: false,
        ..RULES
    };
    let claim = Claim::QuietDelegateHasRoom;
    needed("rule R4 off", rules, Sizes::SMALL, Conduct::Free, claim);
}

#[test]
fn r4_off_should_let_one_doctor_restrict_the_hospital() {
    let rules = Rules {
        shares: false,
        ..RULES
    };
    needed(
        "rule R4 off",
        rules,
        Sizes::ONE,
        Conduct::Fair,
        Claim::NoLag,
    );
}

#[test]
fn r5_off_should_restrict_for_lag_that_the_quota_caused() {
    let rules = Rules {
        clock_stands: false,
        ..RULES
    };
    needed(
        "rule R5 off",
        rules,
        Sizes::ONE,
        Conduct::Fair,
        Claim::NoLag,
    );
}

#[test]
fn r6_off_should_trap_a_hospital_whose_transaction_is_lost() {
    let rules = Rules {
        mortal: false,
        ..RULES
    };
    assert!(trapped("rule R6 off", rules, LOSING) > 0);
    assert_eq!(trapped("all rules", RULES, LOSING), 0);
}

#[test]
fn r6b_off_should_exceed_the_maximum_in_flight() {
    let rules = Rules {
        bounded_flight: false,
        ..RULES
    };
    let claim = Claim::FlightBounded;
    needed("rule R6b off", rules, Sizes::ONE, Conduct::Free, claim);
}

#[test]
fn r6c_off_should_pay_twice_for_a_block() {
    let rules = Rules {
        exact_refill: false,
        ..RULES
    };
    needed(
        "rule R6c off",
        rules,
        Sizes::ONE,
        Conduct::Free,
        Claim::NoWaste,
    );
}

#[test]
fn proof_off_should_register_above_the_anchor() {
    let rules = Rules {
        proof: false,
        ..RULES
    };
    let sizes = Sizes {
        dishonest: true,
        ..Sizes::SMALL
    };
    let claim = Claim::RegisteredNotAhead;
    needed("proofs off", rules, sizes, Conduct::Free, claim);
}

#[test]
fn quota_check_off_should_exceed_the_quota() {
    let rules = Rules {
        quota_check: false,
        ..RULES
    };
    let claim = Claim::QuotaKept;
    needed("quota check off", rules, Sizes::SMALL, Conduct::Free, claim);
}

#[test]
fn version_1_should_have_its_known_faults() {
    let model = Consortium::new(Rules::VERSION_1, Sizes::ONE, Conduct::Fair);
    let claims = [Claim::QuietDelegateHasRoom, Claim::NoLag];
    let checked = check("version 1, fair conduct", &model, &claims);
    for (_, route) in &checked.broken {
        print_route(&model, route);
    }
    assert_eq!(checked.broken.len(), claims.len());
    let model = Consortium::new(Rules::VERSION_1, Sizes::TWO, Conduct::Free);
    assert!(find("version 1", &model, Claim::AnchorNotBehind).is_some());
}
