// SPDX-License-Identifier: Apache-2.0

use crate::{mock::*, Call};
use bspp_types::{Record, StoredRecord};
use codec::Encode;
use frame_support::assert_ok;
use sp_runtime::OpaqueExtrinsic;

type Extrinsic = frame_system::mocking::MockUncheckedExtrinsic<Test>;

fn opaque(call: impl Into<RuntimeCall>) -> OpaqueExtrinsic {
    let encoded = Extrinsic::new_bare(call.into()).encode();
    OpaqueExtrinsic::try_from_encoded_extrinsic(&encoded).unwrap()
}

fn storing(records: Vec<Record>) -> OpaqueExtrinsic {
    opaque(Call::store_records {
        records: records.try_into().unwrap(),
    })
}

fn stored(body: Vec<OpaqueExtrinsic>) -> Vec<StoredRecord> {
    PhiRecords::stored_records::<Extrinsic>(body)
}

#[test]
fn stored_records_should_find_those_that_succeeded_in_this_block() {
    ExtBuilder::default().build_and_execute(|| {
        let body = vec![
            opaque(Call::log_disclosure {
                ground: request(1),
                record: rid(9),
                recipient: [3; 32],
            }),
            storing(vec![record(1), record(2)]),
            // This call fails: its index is spent.
            storing(vec![record(4), record(3)]),
            storing(vec![record(3)]),
        ];
        System::set_extrinsic_index(1);
        assert_ok!(store_records(GATEWAY, vec![record(1), record(2)]));
        System::set_extrinsic_index(2);
        assert!(store_record(STRANGER, record(4)).is_err());
        System::set_extrinsic_index(3);
        assert_ok!(store_record(GATEWAY, record(3)));
        assert_eq!(
            stored(body.clone()),
            vec![
                StoredRecord {
                    rid: rid(1),
                    leaf: 0,
                    record: record(1)
                },
                StoredRecord {
                    rid: rid(2),
                    leaf: 1,
                    record: record(2)
                },
                StoredRecord {
                    rid: rid(3),
                    leaf: 2,
                    record: record(3)
                },
            ]
        );
        // A repetition in the same body is not at the position in the state.
        let mut repeated = body.clone();
        repeated.push(storing(vec![record(1)]));
        assert_eq!(stored(repeated).len(), 3);
        // The body does not match the next block's state either.
        next_block();
        assert!(stored(body).is_empty());
    });
}

#[test]
fn stored_records_should_pass_over_what_does_not_decode() {
    ExtBuilder::default().build_and_execute(|| {
        let rubbish = OpaqueExtrinsic::try_from_encoded_extrinsic(&vec![0xFFu8; 9].encode());
        assert!(stored(vec![rubbish.unwrap()]).is_empty());
    });
}
