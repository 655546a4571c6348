// SPDX-License-Identifier: Apache-2.0
//! The client of a connection, as limits count it.

use std::net::{IpAddr, Ipv6Addr};

/// The address of the client of a request.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Client(pub(crate) IpAddr);

impl Client {
    /// The name of the client in limits. `None` if the address has no limit of its own.
    ///
    /// It is an IPv4 address, or the network of 64 bits that one IPv6 client usually has. A proxy on
    /// this machine limits its own clients, so loopback addresses have none.
    pub(super) fn name(self) -> Option<IpAddr> {
        match self.0.to_canonical() {
            address if address.is_loopback() => None,
            IpAddr::V6(address) => {
                let network = address.to_bits() & !u128::from(u64::MAX);
                Some(Ipv6Addr::from_bits(network).into())
            }
            address => Some(address),
        }
    }
}
