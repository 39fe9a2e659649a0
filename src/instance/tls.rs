//! TLS between roles, by the system's OpenSSL (docs/decisions/0007): what a role proves its address with, and whom it believes.

use std::path::Path;

use anyhow::{Context, Result, bail};
use config::{Roles, is_open_to_others};
use listener::TlsAcceptor;
use native_tls::{Identity, Protocol};
use reqwest::Certificate;

/// Who takes connections of the other roles; none where the roles speak in the clear.
pub fn acceptor(roles: &Roles) -> Result<Option<TlsAcceptor>> {
    let Some((certificate, key)) = &roles.certificate else { return Ok(None) };
    let pem = |path: &Path| std::fs::read(path).with_context(|| format!("не читается {}", path.display()));
    if is_open_to_others(key) {
        bail!("ключ в {0} открыт другим пользователям машины: выполните chmod 600 {0}", key.display());
    }
    let identity = Identity::from_pkcs8(&pem(certificate)?, &pem(key)?).with_context(|| {
        format!("{} и {} — не сертификат и его ключ в PEM (ключ — PKCS #8)", certificate.display(), key.display())
    })?;
    let acceptor = native_tls::TlsAcceptor::builder(identity).min_protocol_version(Some(Protocol::Tlsv12)).build();
    Ok(Some(acceptor.context("TLS между ролями не включается")?.into()))
}

/// The certificates of a file.
pub fn authorities(path: &Path) -> Result<Vec<Certificate>> {
    let pem = std::fs::read(path).with_context(|| format!("не читается {}", path.display()))?;
    let wrong = || format!("{} — не сертификаты в PEM", path.display());
    let certificates = Certificate::from_pem_bundle(&pem).with_context(wrong)?;
    if certificates.is_empty() {
        bail!(wrong());
    }
    Ok(certificates)
}
