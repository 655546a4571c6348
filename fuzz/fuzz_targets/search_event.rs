// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! A message of a running search.

use bspp_client::{answers::search_step, ClientError, SearchStep};
use bspp_fuzz::node::parsed;
use bspp_rpc_types::SearchEvent;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some(event) = parsed::<SearchEvent>(data) else {
        return;
    };
    match (event.clone(), search_step(event)) {
        (SearchEvent::Progress(given), Ok(SearchStep::Progress(read))) => assert_eq!(given, read),
        (SearchEvent::Match(given), Ok(SearchStep::Match(read))) => assert_eq!(given, read),
        (SearchEvent::Done(given), Ok(SearchStep::Done(read))) => assert_eq!(given, read),
        (SearchEvent::Failed { reason }, Err(ClientError::RpcRefused { message, .. })) => {
            assert_eq!(reason, message);
        }
        (event, step) => panic!("{event:?} became {step:?}"),
    }
});
