// SPDX-License-Identifier: Apache-2.0
//! The shares of the votes, and the validators of the next session.
//!
//! The functions work on lists. Each list has the validators of one hospital that could author, in
//! the order of their admission.

use alloc::{collections::BTreeSet, vec::Vec};
use core::cmp::Reverse;

/// Number of hospitals from which on no hospital may hold a third of the votes.
///
/// With fewer hospitals, at least one of them always holds a third.
pub(crate) const MIN_BOUNDED_HOSPITALS: usize = 4;

/// A session changes one validator in this many, and always at least one.
///
/// If the validators that join in one session are all offline, the others still finalize: they are
/// three quarters of the votes.
pub(crate) const CHANGE_DIVISOR: usize = 3;

/// Whether `share` of `total` votes is less than a third.
pub(crate) fn is_below_a_third(share: usize, total: usize) -> bool {
    share.saturating_mul(3) < total
}

/// Maximum number of validators that the plan takes from each hospital.
///
/// `counts` are the numbers of validators that the hospitals offer. The result is the largest cap
/// under which every hospital holds less than a third. Among all plans that keep this bound, the
/// plan under this cap gives every hospital its largest number: a plan whose largest hospital has
/// `m` validators keeps the bound only if the cap `m` does. With [`MIN_BOUNDED_HOSPITALS`] hospitals
/// the cap 1 always keeps it, so the plan is not empty. With fewer hospitals the cap changes
/// nothing.
pub(crate) fn cap(counts: &[usize]) -> usize {
    let offering = counts.iter().filter(|count| **count > 0).count();
    let most = counts.iter().copied().max().unwrap_or(0);
    if offering < MIN_BOUNDED_HOSPITALS {
        return most;
    }
    let total = |cap: usize| {
        counts
            .iter()
            .fold(0usize, |sum, count| sum.saturating_add((*count).min(cap)))
    };
    (1..=most)
        .rev()
        .find(|cap| is_below_a_third(*cap, total(*cap)))
        .unwrap_or(1)
}

fn cap_of<A>(lists: &[Vec<A>]) -> usize {
    cap(&lists.iter().map(Vec::len).collect::<Vec<_>>())
}

/// The set that should author, sorted: the first validators of each list, up to the cap.
pub(crate) fn planned<A: Clone + Ord>(lists: &[Vec<A>]) -> Vec<A> {
    let cap = cap_of(lists);
    let mut planned: Vec<A> = lists
        .iter()
        .flat_map(|list| list.iter().take(cap))
        .cloned()
        .collect();
    planned.sort();
    planned
}

/// The set of the next session, sorted: a bounded step from `current` to the plan.
///
/// * Validators that are in no list (suspended, removed, without keys) leave at once.
/// * Of the others, maximum a third of the current set leaves or joins, and always at least one.
/// * Leaves come before joins. The hospitals with the most validators lose first and gain last.
/// * A join gives no hospital a third of the votes once the new set has
///   [`MIN_BOUNDED_HOSPITALS`] hospitals. If no number of joins within the bound on change
///   complies, the smallest number that does joins together. Only sets of a few validators need
///   this.
///
/// The result is empty only if all lists are. Repeated steps reach the planned set.
pub(crate) fn next<A: Clone + Ord>(current: &[A], lists: &[Vec<A>]) -> Vec<A> {
    let cap = cap_of(lists);
    let sitting: BTreeSet<&A> = current.iter().collect();
    let mut seats: Vec<Vec<&A>> = lists
        .iter()
        .map(|list| list.iter().filter(|who| sitting.contains(who)).collect())
        .collect();
    let change = current
        .len()
        .checked_div(CHANGE_DIVISOR)
        .unwrap_or(0)
        .max(1);

    let mut leaving: Vec<(usize, &A)> = Vec::new();
    for (seated, list) in seats.iter().zip(lists) {
        for (level, who) in seated.iter().enumerate() {
            if !list.iter().take(cap).any(|planned| planned == *who) {
                leaving.push((level, *who));
            }
        }
    }
    leaving.sort_by_key(|(level, _)| Reverse(*level));
    // One stays, so that the set is not empty if nobody can join.
    let seated = seats.iter().map(Vec::len).sum::<usize>();
    leaving.truncate(change.min(seated.saturating_sub(1)));
    let left: BTreeSet<&A> = leaving.iter().map(|(_, who)| *who).collect();
    for seated in &mut seats {
        seated.retain(|who| !left.contains(who));
    }

    let mut joining: Vec<(usize, usize, &A)> = Vec::new();
    for (hospital, (seated, list)) in seats.iter().zip(lists).enumerate() {
        let absent = list.iter().take(cap).filter(|who| !sitting.contains(who));
        for (n, who) in absent.enumerate() {
            joining.push((seated.len().saturating_add(n), hospital, who));
        }
    }
    joining.sort_by_key(|(level, hospital, _)| (*level, *hospital));
    let counts: Vec<usize> = seats.iter().map(Vec::len).collect();
    let gaining: Vec<usize> = joining.iter().map(|(_, hospital, _)| *hospital).collect();
    let joins = number_of_joins(&counts, &gaining, change.saturating_sub(left.len()));

    let joined = joining.iter().take(joins).map(|(_, _, who)| *who);
    let mut next: Vec<A> = seats.into_iter().flatten().chain(joined).cloned().collect();
    next.sort();
    next
}

/// The number of joins of a step, if `counts` are the hospitals' validators before them.
///
/// `gaining` is the hospital of each join, in their order. `change` is the maximum, unless the
/// shares need more.
fn number_of_joins(counts: &[usize], gaining: &[usize], change: usize) -> usize {
    if change == 0 {
        return 0;
    }
    let within = (1..=change.min(gaining.len())).rev();
    let beyond = change.saturating_add(1)..=gaining.len();
    within
        .chain(beyond)
        .find(|joins| keeps_shares(counts, gaining.iter().take(*joins).copied()))
        .unwrap_or(0)
}

/// Whether every hospital that gains a validator stays below a third.
fn keeps_shares(counts: &[usize], gaining: impl Iterator<Item = usize> + Clone) -> bool {
    let mut after = counts.to_vec();
    for hospital in gaining.clone() {
        if let Some(count) = after.get_mut(hospital) {
            *count = count.saturating_add(1);
        }
    }
    let total = after.iter().sum::<usize>();
    let mut gaining = gaining;
    after.iter().filter(|count| **count > 0).count() < MIN_BOUNDED_HOSPITALS
        || gaining.all(|hospital| {
            after
                .get(hospital)
                .is_none_or(|count| is_below_a_third(*count, total))
        })
}
