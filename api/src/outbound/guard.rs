//! Where a call to an address that somebody else named may lead: to hosts of the public internet, by HTTPS, and never
//! into our own network. A name is judged by the addresses it has when the connection is made, not when it was
//! written down: it may have been given others since.

use std::{
    error::Error,
    fmt,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

use crate::{error::Wording, say};

/// The ports below this are those of other services; 443 alone is taken of them.
const FIRST_FREE_PORT: u16 = 1024;

/// The longest address that is taken, in bytes.
pub const MAX_URL: usize = 2000;

/// Which targets are let through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    /// `https` on the public internet.
    Public,
    /// Any, `http` and this machine too: for tests and trials.
    Any,
}

/// Why an address is not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refused {
    /// It is no absolute address with a host.
    NotAnAddress,
    /// Its scheme is not `https`.
    Scheme,
    /// It holds a user name or a password.
    Credentials,
    /// It holds a fragment, which is never sent.
    Fragment,
    /// Its port is that of another service.
    Port,
    /// It lies, or its name leads, into a network that is not the public internet.
    NotPublic,
}

impl Refused {
    /// A code for programs.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::NotAnAddress => "not_an_address",
            Self::Scheme => "scheme",
            Self::Credentials => "credentials",
            Self::Fragment => "fragment",
            Self::Port => "port",
            Self::NotPublic => "not_public",
        }
    }

    /// What is wrong and what would be right.
    #[must_use]
    pub fn wording(self) -> Wording {
        match self {
            Self::NotAnAddress => say!(
                "请填写完整的 https 地址，如 https://receiver.example/techmart，最长 {MAX_URL} 字节。",
                "Give a whole https address such as https://receiver.example/techmart, of at most {MAX_URL} bytes."
            ),
            Self::Scheme => say!("只接受 https 地址。", "Only https addresses are taken."),
            Self::Credentials => {
                say!("地址中不能带用户名或密码。", "Leave user name and password out of the address.")
            }
            Self::Fragment => say!("地址中不能带 #。", "Leave the fragment (#…) out of the address."),
            Self::Port => {
                say!("端口应为 443 或 1024 以上。", "The port has to be 443, or 1024 or above.")
            }
            Self::NotPublic => say!(
                "目标不在公网上（本机、内网、链路本地或保留地址），请换用公网地址。",
                "The target is not on the public internet (this machine, a private network, a reserved address); \
                 give a public one."
            ),
        }
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.wording().en)
    }
}

impl Error for Refused {}

/// Judges an address as it is written. A host that is an IP address is judged here, since nobody resolves it.
///
/// # Errors
/// [`Refused`]
pub fn check(text: &str, targets: Targets) -> Result<Url, Refused> {
    if text.len() > MAX_URL {
        return Err(Refused::NotAnAddress);
    }
    // It also reads the disguises of IPv4: `0x7f.1`, `2130706433`.
    let url = Url::parse(text).map_err(|_| Refused::NotAnAddress)?;
    let scheme = match (url.scheme(), targets) {
        ("https", Targets::Public | Targets::Any) | ("http", Targets::Any) => Ok(()),
        _ => Err(Refused::Scheme),
    };
    scheme?;
    let host = url.host().ok_or(Refused::NotAnAddress)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(Refused::Credentials);
    }
    if url.fragment().is_some() {
        return Err(Refused::Fragment);
    }
    if targets == Targets::Any {
        return Ok(url);
    }
    if url.port_or_known_default().is_none_or(|port| port != 443 && port < FIRST_FREE_PORT) {
        return Err(Refused::Port);
    }
    let public = match host {
        Host::Ipv4(ip) => is_public(ip.into()),
        Host::Ipv6(ip) => is_public(ip.into()),
        Host::Domain(name) => !is_local_name(name),
    };
    if public { Ok(url) } else { Err(Refused::NotPublic) }
}

/// Whether a name means this machine or network whatever a resolver says (RFC 6761, RFC 6762, RFC 8375).
fn is_local_name(name: &str) -> bool {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let last = name.rsplit('.').next().unwrap_or_default();
    !name.contains('.') || matches!(last, "localhost" | "local" | "internal" | "lan" | "arpa")
}

/// Whether an address is one of the public internet, by the registries of special addresses of IANA. The standard
/// library's own judgement (`is_global`) is not stable yet.
#[must_use]
pub fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let special = match a {
        // This network; private; loopback.
        0 | 10 | 127 => true,
        // Shared by carriers; the metadata of some clouds stands there.
        100 => (64..128).contains(&b),
        // Link-local, with the metadata of most clouds.
        169 => b == 254,
        172 => (16..32).contains(&b),
        // Protocols, documentation, the relays of 6to4, private.
        192 => (b == 0 && (c == 0 || c == 2)) || (b == 88 && c == 99) || b == 168,
        // Measurements, documentation.
        198 => b == 18 || b == 19 || (b == 51 && c == 100),
        203 => b == 0 && c == 113,
        // Multicast, reserved, broadcast.
        224..=255 => true,
        _ => false,
    };
    !special
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // What carries an IPv4 address leads where that one leads: mapped, and translated by NAT64.
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [a, b, ..] = ip.segments();
    if (a, b) == (0x64, 0xff9b) && ip.segments()[2..6] == [0; 4] {
        let [.., w, x, y, z] = ip.octets();
        return is_public_v4(Ipv4Addr::new(w, x, y, z));
    }
    // Only 2000::/3 is given out; in it protocols (with Teredo), documentation and 6to4 are special.
    let given_out = a & 0xe000 == 0x2000;
    let special = match a {
        0x2001 => b < 0x200 || b == 0xdb8,
        0x2002 => true,
        0x3fff => b < 0x1000,
        _ => false,
    };
    given_out && !special
}

/// Resolves names, and knows of public addresses alone unless all are let through. The connection is made to what is
/// answered here, so a name cannot change its mind in between.
#[derive(Clone, Copy, Debug)]
pub struct Resolver {
    targets: Targets,
}

impl Resolver {
    /// A resolver for those targets.
    #[must_use]
    pub fn new(targets: Targets) -> Self {
        Self { targets }
    }
}

impl Resolve for Resolver {
    fn resolve(&self, name: Name) -> Resolving {
        let targets = self.targets;
        Box::pin(async move {
            let found = resolved(name.as_str(), targets).await?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// The addresses of a name to which a connection may be made.
async fn resolved(name: &str, targets: Targets) -> Result<Vec<SocketAddr>, Box<dyn Error + Send + Sync>> {
    // The client puts the port of the address in place of this one.
    let found = tokio::net::lookup_host((name, 0)).await?;
    let allowed: Vec<SocketAddr> =
        found.filter(|address| targets == Targets::Any || is_public(address.ip())).collect();
    if allowed.is_empty() { Err(Box::new(Refused::NotPublic)) } else { Ok(allowed) }
}

/// Why a call was not made, if it was the guard that refused it.
#[must_use]
pub fn refused(error: &(dyn Error + 'static)) -> Option<Refused> {
    let mut next = Some(error);
    while let Some(error) = next {
        if let Some(refused) = error.downcast_ref::<Refused>() {
            return Some(*refused);
        }
        next = error.source();
    }
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::time::Duration;

    use super::{Refused, Targets, check, is_public, refused};

    #[test]
    fn only_addresses_of_the_public_internet_are_public() {
        for ip in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.100.100.200",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.0.2.1",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::ffff:169.254.169.254",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "64:ff9b:1::1",
            "100::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "fec0::1",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::1",
            "3fff::1",
            "5f00::1",
        ] {
            assert!(!is_public(ip.parse().unwrap()), "{ip}");
        }
        for ip in [
            "1.1.1.1",
            "100.63.255.255",
            "100.128.0.1",
            "172.15.0.1",
            "172.32.0.1",
            "192.0.1.1",
            "223.5.5.5",
            "198.20.0.1",
            "::ffff:1.1.1.1",
            "64:ff9b::101:101",
            "2400:3200::1",
            "2606:4700:4700::1111",
            "2001:4860:4860::8888",
            "2a00:1450::1",
        ] {
            assert!(is_public(ip.parse().unwrap()), "{ip}");
        }
    }

    #[test]
    fn an_address_is_judged_as_it_is_written() {
        let judged = |text: &str| check(text, Targets::Public).map(|url| url.to_string());
        for (text, why) in [
            ("", Refused::NotAnAddress),
            ("receiver.example", Refused::NotAnAddress),
            ("https://", Refused::NotAnAddress),
            ("http://receiver.example/", Refused::Scheme),
            ("ftp://receiver.example/", Refused::Scheme),
            ("file:///etc/passwd", Refused::Scheme),
            ("https://me:word@receiver.example/", Refused::Credentials),
            ("https://receiver.example/#part", Refused::Fragment),
            ("https://receiver.example:25/", Refused::Port),
            ("https://receiver.example:80/", Refused::Port),
            ("https://127.0.0.1/", Refused::NotPublic),
            ("https://0x7f.1/", Refused::NotPublic),
            ("https://2130706433/", Refused::NotPublic),
            ("https://0177.0.0.1/", Refused::NotPublic),
            ("https://１２７.0.0.1/", Refused::NotPublic),
            ("https://10.0.0.8/", Refused::NotPublic),
            ("https://169.254.169.254/latest/meta-data/", Refused::NotPublic),
            ("https://[::1]/", Refused::NotPublic),
            ("https://[::ffff:127.0.0.1]/", Refused::NotPublic),
            ("https://[::ffff:7f00:1]/", Refused::NotPublic),
            ("https://[fe80::1]/", Refused::NotPublic),
            ("https://localhost/", Refused::NotPublic),
            ("https://LOCALHOST./", Refused::NotPublic),
            ("https://api.localhost/", Refused::NotPublic),
            ("https://postgres/", Refused::NotPublic),
            ("https://metadata.google.internal/", Refused::NotPublic),
        ] {
            assert_eq!(judged(text), Err(why), "{text}");
        }
        for text in [
            "https://receiver.example/techmart?of=1",
            "https://receiver.example:8443/",
            "https://1.1.1.1/",
            "https://例子.example/",
        ] {
            assert!(judged(text).is_ok(), "{text}");
        }
        assert!(check("http://127.0.0.1:8080/", Targets::Any).is_ok());
        assert_eq!(check("ftp://127.0.0.1/", Targets::Any), Err(Refused::Scheme));
        let long = format!("https://receiver.example/{}", "a".repeat(2000));
        assert_eq!(check(&long, Targets::Any), Err(Refused::NotAnAddress));
    }

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_is_refused_when_the_connection_is_made() {
        let client = crate::outbound::client(Targets::Public, Duration::from_secs(5)).unwrap();
        let error = client.get("https://localhost:9/").send().await.unwrap_err();
        assert_eq!(refused(&error), Some(Refused::NotPublic), "{error:?}");
        // Plain HTTP does not even get that far.
        assert!(client.get("http://localhost:9/").send().await.unwrap_err().is_builder());
    }
}
