// SPDX-License-Identifier: Apache-2.0
//! With all rules of version 2 lag is bounded, and quotas alone restrict nobody.

use bspp_model::{
    check, print_route, Claim, Conduct, Consortium, Graph, Quota, Rules, Sizes, State,
};

/// The sizes of a pipeline with this backlog K, call C, period P and reserve U.
fn sizes(backlog: u8, call: u8, period: u8, reserve: u8) -> Sizes {
    Sizes {
        backlog,
        call,
        quota: Some(Quota {
            period,
            total: reserve + 2,
            reserve,
            share: 1,
        }),
        ..Sizes::ONE
    }
}

/// Longest real wait of an anchored block under fair conduct, in slots.
fn longest_wait(rules: Rules, sizes: Sizes) -> u8 {
    let sizes = Sizes { watch: 60, ..sizes };
    let model = Consortium::new(rules, sizes, Conduct::Fair);
    let graph = Graph::explore("  fair conduct", &model, &[State::default()], |_, _| 0);
    let longest = graph.most(|state| {
        let waits = model.hospitals(state).iter().flat_map(|of| of.waits.iter());
        waits.map(|wait| wait.real).max().unwrap_or(0)
    });
    assert!(longest < 60, "the wait has no bound");
    longest
}

/// Checks that fair conduct never restricts a hospital, and that lag clocks stand.
fn never_restricted(title: &str, sizes: Sizes) -> bool {
    let model = Consortium::new(Rules::VERSION_2, sizes, Conduct::Fair);
    let claims = [Claim::NoLag, Claim::NeverRestricted, Claim::SomeClockStands];
    let checked = check(title, &model, &claims);
    if let Some((_, route)) = checked.broken.first() {
        print_route(&model, route);
    }
    assert_eq!(checked.missing, [], "{title}");
    checked.broken.is_empty()
}

#[test]
fn quota_should_never_cause_a_restriction() {
    for (backlog, call, period, reserve) in [(3, 2, 8, 4), (6, 2, 8, 4), (6, 1, 6, 2)] {
        let title = format!("K {backlog}, C {call}, P {period}, U {reserve}");
        let sizes = sizes(backlog, call, period, reserve);
        assert!(never_restricted(&title, sizes));
    }
}

/// Two gateways that send the same blocks lose transactions to each other.
///
/// Each loss costs up to the mortality, so `max_lag` must have room for some.
#[test]
fn second_gateway_should_need_a_max_lag_of_three_mortalities() {
    let short = Sizes {
        second_gateway: true,
        ..sizes(6, 2, 8, 4)
    };
    assert!(!never_restricted("second gateway, max_lag 5", short));
    let long = Sizes {
        max_lag: 3 * short.mortality,
        ..short
    };
    assert!(never_restricted("second gateway, max_lag 9", long));
}

#[test]
fn lag_should_be_bounded_by_the_periods_that_the_backlog_needs() {
    let all = [
        (2, 1, 6, 2),
        (3, 1, 6, 2),
        (4, 1, 6, 2),
        (3, 2, 8, 4),
        (4, 2, 8, 4),
        (5, 2, 8, 4),
        (6, 2, 8, 4),
    ];
    for (backlog, call, period, reserve) in all {
        let longest = longest_wait(Rules::VERSION_2, sizes(backlog, call, period, reserve));
        let bound = period * backlog.div_ceil(reserve);
        println!("K {backlog}, C {call}, P {period}, U {reserve}: {longest} slots, bound {bound}");
        assert!(longest <= bound);
        // The bound is sharp where the backlog fills whole periods.
        if backlog == reserve || (call == 1 && backlog % reserve == 0) {
            assert_eq!(longest, bound);
        }
    }
}

/// A pipeline of one call without a quota, so that the backlog alone could make it slow.
fn one_in_flight(backlog: u8) -> Sizes {
    Sizes {
        backlog,
        call: backlog,
        flight: 1,
        quota: None,
        ..Sizes::ONE
    }
}

#[test]
fn lag_should_not_grow_with_the_backlog_when_the_quota_has_room() {
    let one_block = Rules {
        many_blocks: false,
        ..Rules::VERSION_2
    };
    for backlog in 2..=6 {
        let many = longest_wait(Rules::VERSION_2, one_in_flight(backlog));
        let one = longest_wait(one_block, one_in_flight(backlog));
        println!("K {backlog}: {many} slots; {one} with one block in a call");
        assert!(many <= 3);
        // The rule is needed: without it the wait grows with the backlog.
        if backlog >= 3 {
            assert_eq!(one, 2 * backlog - 1);
        }
    }
}

#[test]
fn smallest_max_lag_should_be_that_of_the_slots_without_service() {
    for (max_lag, holds) in [(1, false), (2, true), (3, true), (5, true)] {
        let sizes = Sizes {
            max_lag,
            ..Sizes::ONE
        };
        let model = Consortium::new(Rules::VERSION_2, sizes, Conduct::Fair);
        let checked = check(&format!("max_lag {max_lag}"), &model, &[Claim::NoLag]);
        assert_eq!(checked.broken.is_empty(), holds, "{max_lag}");
    }
}

/// A hospital whose operator cheats, and the longest wait with which it may author in full.
///
/// In each period in which the clock stands, the hospital registered half of its reserve. The first
/// such period is the one in which the block was anchored.
pub fn cheat(rules: Rules, backlog: u8, period: u8, reserve: u8) -> Consortium {
    let sizes = Sizes {
        dishonest: true,
        flight: 1,
        backlog,
        quota: Some(Quota {
            period,
            total: reserve,
            reserve,
            share: 0,
        }),
        ..Sizes::SMALL
    };
    let half = (reserve + 1 - sizes.call).div_ceil(2);
    let bound = sizes.max_lag + period * (1 + (backlog - 1).div_ceil(half));
    let sizes = Sizes {
        watch: bound + 1,
        ..sizes
    };
    Consortium {
        bound,
        ..Consortium::new(rules, sizes, Conduct::Free)
    }
}

#[test]
fn laggard_should_be_restricted_whatever_it_does_with_its_quota() {
    for (backlog, period, reserve) in [(2, 4, 2), (2, 6, 2)] {
        let model = cheat(Rules::VERSION_2, backlog, period, reserve);
        let title = format!(
            "K {backlog}, P {period}, U {reserve}, bound {}",
            model.bound
        );
        let checked = check(&title, &model, &[Claim::LaggardRestricted]);
        assert!(checked.broken.is_empty(), "{title}");
        // The bound is not much too large.
        let tight = Consortium {
            bound: model.bound - 3,
            ..model
        };
        let checked = check("  three slots less", &tight, &[Claim::LaggardRestricted]);
        assert!(!checked.broken.is_empty(), "{title}");
    }
}

#[test]
fn laggard_should_escape_when_the_clock_does_not_ask_for_registrations() {
    let rules = Rules {
        clock_asks_registered: false,
        ..Rules::VERSION_2
    };
    let model = cheat(rules, 2, 4, 2);
    let found = bspp_model::find("rule R5b off", &model, Claim::LaggardRestricted);
    assert!(found.is_some());
}
