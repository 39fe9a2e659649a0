//! Whom a request counts for.

use std::net::IpAddr;

use axum::http::HeaderMap;
use ipnet::IpNet;

/// Where a proxy writes whom it asks for.
const FORWARDED_FOR: &str = "x-forwarded-for";

/// The client of a request: the peer, or, where that is one of `proxies`, the last address of `X-Forwarded-For` that is none of them.
/// What stands before it anybody may have written.
pub fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpNet]) -> IpAddr {
    if !is_proxy(peer, proxies) {
        return peer.to_canonical();
    }
    let values: Vec<&str> = headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    let mut client = peer.to_canonical();
    for hop in values.iter().rev().flat_map(|value| value.rsplit(',')) {
        let Some(address) = address(hop.trim()) else { break };
        client = address;
        if !is_proxy(address, proxies) {
            break;
        }
    }
    client
}

/// Whether what an address forwards is believed.
pub fn is_proxy(address: IpAddr, proxies: &[IpNet]) -> bool {
    let address = address.to_canonical();
    proxies.iter().any(|proxy| proxy.contains(&address))
}

/// What the connections of an address are counted under. Whoever has one address of IPv6 has a network of 2⁶⁴.
pub fn counted(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => IpAddr::V6((address.to_bits() & !u128::from(u64::MAX)).into()),
        address => address,
    }
}

/// `1.2.3.4`, `1.2.3.4:5678`, `2001:db8::1` or `[2001:db8::1]:5678`.
fn address(text: &str) -> Option<IpAddr> {
    let bare = || text.trim_start_matches('[').trim_end_matches(']').parse();
    let address = bare().or_else(|_| text.parse::<std::net::SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: &str, forwarded: &[&str], expect: &str) {
        let proxies = ["127.0.0.1/32", "10.0.0.0/8"].map(|net| net.parse().unwrap());
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, value.parse().unwrap());
        }
        assert_eq!(client(peer.parse().unwrap(), &headers, &proxies), expect.parse::<IpAddr>().unwrap());
    }

    #[test]
    fn only_a_proxy_speaks_for_others_and_only_of_whom_it_saw() {
        check("192.0.2.1", &["198.51.100.7"], "192.0.2.1");
        check("127.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("::ffff:127.0.0.1", &["198.51.100.7"], "198.51.100.7");
        check("127.0.0.1", &["203.0.113.9, 198.51.100.7"], "198.51.100.7");
        check("127.0.0.1", &["203.0.113.9", "198.51.100.7, 10.1.1.1"], "198.51.100.7");
        check("127.0.0.1", &["[2001:db8::1]:443, 10.1.1.1:80"], "2001:db8::1");
        check("127.0.0.1", &["198.51.100.7, unknown"], "127.0.0.1");
        check("127.0.0.1", &[], "127.0.0.1");
        check("127.0.0.1", &["10.2.2.2, 10.1.1.1"], "10.2.2.2");
    }

    #[test]
    fn a_network_of_ipv6_counts_as_one() {
        let counted = |text: &str| counted(text.parse().unwrap());
        assert_eq!(counted("2001:db8:1:2:3::4"), counted("2001:db8:1:2:ffff::"));
        assert_ne!(counted("2001:db8:1:2::"), counted("2001:db8:1:3::"));
        assert_eq!(counted("::ffff:192.0.2.1"), counted("192.0.2.1"));
        assert_ne!(counted("192.0.2.1"), counted("192.0.2.2"));
    }
}
