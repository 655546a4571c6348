// SPDX-License-Identifier: Apache-2.0

use crate::conformance::doubles::Doubles;
use bspp_primitives::{AccountId, Hash};

fn author(n: u8) -> AccountId {
    AccountId::new([n; 32])
}

fn block(n: u8) -> Hash {
    Hash::repeat_byte(n)
}

#[test]
fn second_block_of_an_author_in_a_slot_should_be_found_once() {
    let doubles = Doubles::default();
    assert_eq!(doubles.note(7, &author(1), block(1)), None);
    assert_eq!(
        doubles.note(7, &author(1), block(1)),
        None,
        "the same block"
    );
    assert_eq!(doubles.note(7, &author(1), block(2)), Some(block(1)));
    assert_eq!(doubles.note(7, &author(1), block(2)), None, "told already");
}

#[test]
fn blocks_of_other_authors_or_slots_should_not_be_found() {
    let doubles = Doubles::default();
    assert_eq!(doubles.note(7, &author(1), block(1)), None);
    assert_eq!(doubles.note(7, &author(2), block(2)), None);
    assert_eq!(doubles.note(8, &author(1), block(3)), None);
}

#[test]
fn old_slots_should_be_forgotten() {
    let doubles = Doubles::default();
    assert_eq!(doubles.note(0, &author(1), block(1)), None);
    for slot in 1..=1_200 {
        assert_eq!(doubles.note(slot, &author(1), block(2)), None);
    }
    assert_eq!(doubles.note(0, &author(1), block(3)), None);
}
