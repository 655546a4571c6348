// SPDX-License-Identifier: Apache-2.0
#![no_main]
//! Bodies of requests to a gateway.

use bspp_fuzz::{decoded, node::json};
use bspp_gateway::api::{
    DisclosureBody, LabelVersionBody, NonceBody, RevocationBody, UnopenedRevocationBody,
};
use bspp_primitives::Signature;
use bspp_record::{DisclosureRequest, OwnRecordRequest};
use libfuzzer_sys::fuzz_target;
use serde::{de::DeserializeOwned, Serialize};
use serde_json::Value;

/// A body that is accepted says the same in the gateway as in the request.
fn body<T: DeserializeOwned + Serialize>(data: &[u8]) -> Option<T> {
    let body: T = serde_json::from_slice(data).ok()?;
    let read: Value = serde_json::from_slice(&json(&body)).expect("valid JSON");
    let sent = serde_json::from_slice(data).ok();
    let (Value::Object(read), Some(Value::Object(sent))) = (read, sent) else {
        // serde also takes the fields in their order, as an array, and does not read the text of
        // fields that it does not know.
        return Some(body);
    };
    for (name, value) in &read {
        assert_eq!(sent.get(name), Some(value), "{name} is not what was sent");
    }
    Some(body)
}

fuzz_target!(|data: &[u8]| {
    body::<NonceBody>(data);
    body::<RevocationBody>(data);
    body::<UnopenedRevocationBody>(data);
    body::<LabelVersionBody>(data);
    // The gateway decodes the hex as one of these two.
    let encoded = match body::<DisclosureBody>(data) {
        Some(body) => {
            let digits = body.request.strip_prefix("0x").unwrap_or(&body.request);
            hex::decode(digits).unwrap_or_default()
        }
        None => data.to_vec(),
    };
    decoded::<DisclosureRequest<Signature>>(&encoded);
    decoded::<OwnRecordRequest>(&encoded);
});
