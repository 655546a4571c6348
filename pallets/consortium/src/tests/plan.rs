// SPDX-License-Identifier: Apache-2.0
//! The arithmetic of shares and of the step from one session to the next.

use crate::plan::*;
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Validators of hospitals with these numbers: hospital `h` has `100 h`, `100 h + 1`, …
fn lists(counts: &[usize]) -> Vec<Vec<u32>> {
    (0u32..)
        .zip(counts)
        .map(|(h, n)| (0u32..).map(|i| h * 100 + i).take(*n).collect())
        .collect()
}

/// The number of validators of each hospital in a set.
fn shares(set: &[u32], hospitals: usize) -> Vec<usize> {
    let mut shares = vec![0; hospitals];
    for who in set {
        shares[(who / 100) as usize] += 1;
    }
    shares
}

fn keeps_bound(shares: &[usize]) -> bool {
    let total = shares.iter().sum();
    shares.iter().all(|share| is_below_a_third(*share, total))
}

fn offering(shares: &[usize]) -> usize {
    shares.iter().filter(|share| **share > 0).count()
}

/// Every plan that takes maximum `counts` from the hospitals.
fn plans(counts: &[usize]) -> Vec<Vec<usize>> {
    counts.iter().fold(vec![vec![]], |plans, count| {
        plans
            .iter()
            .flat_map(|plan| {
                (0..=*count).map(|n| plan.iter().copied().chain([n]).collect::<Vec<_>>())
            })
            .collect()
    })
}

#[test]
fn cap_should_leave_out_what_exceeds_a_third() {
    for (counts, expected) in [
        (vec![], 0),
        (vec![8], 8),
        (vec![8, 1, 0], 8),
        (vec![8, 1, 1], 8),
        (vec![1, 1, 1, 1], 1),
        (vec![8, 1, 1, 1], 1),
        (vec![2, 2, 2, 1], 2),
        (vec![2, 2, 1, 1], 1),
        (vec![8, 8, 8, 8], 8),
        (vec![8, 8, 4, 4], 7),
        (vec![0, 8, 1, 1, 1, 1, 1], 2),
    ] {
        assert_eq!(cap(&counts), expected, "{counts:?}");
    }
}

#[test]
fn planned_should_keep_the_first_admitted_of_each_hospital() {
    let lists = vec![vec![9, 1, 5], vec![2], vec![3], vec![4]];
    assert_eq!(planned(&lists), vec![2, 3, 4, 9]);
}

#[test]
fn next_should_change_a_third_of_the_set() {
    let all = lists(&[3, 3, 3, 3]);
    let mut current: Vec<u32> = all.iter().flat_map(|list| &list[..2]).copied().collect();
    assert_eq!(current.len(), 8);
    // Two of the four new validators join in each session.
    current = next(&current, &all);
    assert_eq!(current.len(), 10);
    current = next(&current, &all);
    assert_eq!(current, planned(&all));
}

#[test]
fn next_should_let_everybody_leave_who_is_in_no_list() {
    let all = lists(&[4, 0, 0]);
    let current = [0, 1, 2, 3, 100, 101, 200, 201];
    assert_eq!(next(&current, &all), vec![0, 1, 2, 3]);
}

#[test]
fn next_should_join_several_at_once_when_one_alone_would_hold_a_third() {
    // With 2 : 1 : 1 : 1 a hospital would hold two fifths of the votes.
    let all = lists(&[2, 2, 2, 1]);
    let current = [0, 100, 200, 300];
    assert_eq!(next(&current, &all), planned(&all));
    // Nothing joins as long as nothing can.
    let all = lists(&[2, 1, 1, 1]);
    assert_eq!(next(&current, &all), current.to_vec());
}

#[test]
fn next_should_keep_one_when_all_leave_and_nobody_else_sits() {
    // The only sitting validator is beyond the cap, because an earlier one has keys again.
    let all = lists(&[2, 1, 1, 1]);
    let mut current = vec![1];
    for _ in 0..6 {
        current = next(&current, &all);
        assert!(!current.is_empty());
    }
    assert_eq!(current, planned(&all));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn plan_should_hold_every_share_below_a_third(
        counts in prop::collection::vec(0usize..=8, 0..30),
    ) {
        let all = lists(&counts);
        let plan = planned(&all);
        let shares = shares(&plan, counts.len());
        if offering(&counts) >= MIN_BOUNDED_HOSPITALS {
            prop_assert!(keeps_bound(&shares), "{counts:?}: {shares:?}");
            prop_assert_eq!(offering(&shares), offering(&counts), "nobody is left out");
        } else {
            prop_assert_eq!(&shares, &counts, "few hospitals are not capped");
        }
        prop_assert_eq!(plan.is_empty(), offering(&counts) == 0);
        // The plan of a plan is the plan.
        prop_assert_eq!(cap(&shares), shares.iter().copied().max().unwrap_or(0));
    }

    #[test]
    fn plan_should_be_the_largest(counts in prop::collection::vec(0usize..=4, 4..6)) {
        prop_assume!(offering(&counts) >= MIN_BOUNDED_HOSPITALS);
        let shares = shares(&planned(&lists(&counts)), counts.len());
        for other in plans(&counts) {
            let smaller = other.iter().zip(&shares).all(|(other, ours)| other <= ours);
            prop_assert!(!keeps_bound(&other) || smaller, "{other:?} beside {shares:?}");
        }
    }

    #[test]
    fn steps_should_be_bounded_and_reach_the_plan(
        counts in prop::collection::vec(0usize..=8, 1..12),
        seats in prop::collection::vec(0u32..1300, 0..40),
    ) {
        prop_assume!(offering(&counts) > 0);
        let all = lists(&counts);
        // Some of the sitting validators are in no list.
        let sitting: BTreeSet<u32> = seats
            .into_iter()
            .map(|seat| seat / 100 * 100 + seat % 12)
            .collect();
        let plan = planned(&all);
        let mut current: Vec<u32> = sitting.into_iter().collect();
        for session in 0.. {
            let after = next(&current, &all);
            prop_assert!(!after.is_empty());
            let listed = |who: &u32| all.iter().flatten().any(|other| other == who);
            prop_assert!(after.iter().all(listed));
            let joins: Vec<u32> =
                after.iter().filter(|who| !current.contains(who)).copied().collect();
            let leaves = current
                .iter()
                .filter(|who| listed(who) && !after.contains(who))
                .count();
            let shares = shares(&after, counts.len());
            if offering(&shares) >= MIN_BOUNDED_HOSPITALS {
                for who in &joins {
                    let share = shares[(who / 100) as usize];
                    prop_assert!(is_below_a_third(share, after.len()), "{shares:?}");
                }
            }
            let change = (current.len() / CHANGE_DIVISOR).max(1);
            prop_assert!(leaves <= change);
            if leaves + joins.len() > change {
                // Only the shares of the votes excuse it, and then every smaller number breaks them.
                prop_assert!(offering(&shares) >= MIN_BOUNDED_HOSPITALS);
            }
            if after == current {
                prop_assert_eq!(&after, &plan, "the steps end at the plan");
                break;
            }
            prop_assert!(session < 120, "no end: {counts:?}");
            current = after;
        }
    }
}
