// SPDX-License-Identifier: Apache-2.0
//! With all rules of version 2 no state is a trap, and fair conduct heals each.

use bspp_model::{print_route, Conduct, Consortium, Graph, Rules, Sizes, State, Verdict};

const HONEST: u8 = 1;

fn all_full(model: &Consortium, state: &State) -> bool {
    let hospitals = model.hospitals(state);
    hospitals
        .iter()
        .all(|of| model.verdict(of) == Verdict::Full)
}

/// Asserts that no state is a trap. Returns the number of fair slots that heal each.
fn heals(title: &str, sizes: Sizes) -> u32 {
    let free = Consortium::new(Rules::VERSION_2, sizes, Conduct::Free);
    let graph = Graph::explore(title, &free, &[State::default()], |state, action| {
        let alone = |hospital| u8::from(free.is_alone(hospital, state, action));
        u8::from(free.is_honest(action)) | alone(0) << 1 | alone(1) << 2
    });
    let is_restricted = |state: &&State| !all_full(&free, state);
    let restricted = graph.states().iter().filter(is_restricted).count();
    println!("  restricted: {restricted} states");
    assert!(restricted > 0);

    let (trapped, route) = graph.trap(HONEST, |state| all_full(&free, state), |_| true);
    if let Some(route) = route {
        print_route(&free, &route);
    }
    assert_eq!(trapped, 0, "{title}");
    // One hospital's own blocks must be enough, whatever the other authors leave out.
    for hospital in 0..sizes.hospitals {
        let is_full =
            |state: &State| free.verdict(&state.hospitals[hospital as usize]) == Verdict::Full;
        let (trapped, _) = graph.trap(2 << hospital, is_full, |_| true);
        assert_eq!(trapped, 0, "{title}: hospital {hospital} alone");
    }

    // From here on all are honest, the pools lose nothing, and the second gateway is off.
    let sizes = Sizes {
        losses: false,
        dishonest: false,
        second_gateway: false,
        ..sizes
    };
    let fair = Consortium::new(Rules::VERSION_2, sizes, Conduct::Fair);
    let starts = graph.states().to_vec();
    drop(graph);
    let graph = Graph::explore("  fair conduct from each", &fair, &starts, |_, _| 0);
    match graph.longest_avoiding(|state| all_full(&fair, state)) {
        Ok(slots) => {
            println!("  all authors are full again after maximum {slots} slots");
            slots
        }
        Err(route) => {
            print_route(&fair, &route);
            panic!("{title}: fair conduct does not heal");
        }
    }
}

#[test]
fn two_hospitals_should_heal() {
    let sizes = Sizes {
        losses: true,
        ..Sizes::TWO
    };
    assert_eq!(heals("two hospitals, losses", sizes), 6);
}

#[test]
fn a_pipeline_with_a_quota_should_heal() {
    assert_eq!(heals("one hospital", Sizes::ONE), 5);
}

#[test]
fn one_hospital_should_heal_after_losses_and_cheats() {
    let sizes = Sizes {
        losses: true,
        dishonest: true,
        ..Sizes::SMALL
    };
    assert_eq!(heals("one small hospital, losses and cheats", sizes), 7);
}
