//! TLS of the page and between roles, by the system's OpenSSL (docs/decisions/0007): what a listener proves its address with, and whom
//! a role believes.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use config::is_open_to_others;
use listener::TlsAcceptor;
use native_tls::{Identity, Protocol};
use openssl::pkey::PKey;
use openssl::x509::X509;
use reqwest::Certificate;
use tokio::sync::watch;

/// How long a certificate that was renewed waits until it is used. Those that live shortest live for days.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// A certificate with its key, in files of PEM.
type Files = (PathBuf, PathBuf);

/// Who takes connections with this certificate, read again when it changes; none: they are in the clear.
pub fn acceptors(files: Option<&Files>) -> Result<Option<watch::Receiver<TlsAcceptor>>> {
    let Some(files) = files else { return Ok(None) };
    let (renewal, acceptors) = Renewal::begin(files)?;
    tokio::spawn(renewal.run());
    Ok(Some(acceptors))
}

/// What is wrong with a certificate and its key, if anything is.
pub fn problem(files: &Files) -> Option<String> {
    Pem::read(files).and_then(|pem| pem.acceptor(files)).err().map(|error| format!("{error:#}"))
}

/// The content of both files.
#[derive(PartialEq)]
struct Pem {
    certificate: Vec<u8>,
    key: Vec<u8>,
}

impl Pem {
    fn read((certificate, key): &Files) -> Result<Pem> {
        let pem = |path: &Path| std::fs::read(path).with_context(|| format!("не читается {}", path.display()));
        if is_open_to_others(key) {
            bail!("ключ в {0} открыт другим пользователям машины: выполните chmod 600 {0}", key.display());
        }
        Ok(Pem { certificate: pem(certificate)?, key: pem(key)? })
    }

    fn is_pair(&self) -> Result<bool, openssl::error::ErrorStack> {
        let (certificate, key) = (X509::from_pem(&self.certificate)?, PKey::private_key_from_pem(&self.key)?);
        Ok(certificate.public_key()?.public_eq(&key))
    }

    fn acceptor(&self, (certificate, key): &Files) -> Result<TlsAcceptor> {
        let (certificate, key) = (certificate.display(), key.display());
        // Where they are no pair, it would take connections and fail with each.
        if !self.is_pair().unwrap_or(true) {
            bail!("ключ в {key} — не от сертификата в {certificate}");
        }
        let identity = Identity::from_pkcs8(&self.certificate, &self.key)
            .with_context(|| format!("{certificate} и {key} — не сертификат и его ключ в PEM (ключ — PKCS #8)"))?;
        let acceptor = native_tls::TlsAcceptor::builder(identity).min_protocol_version(Some(Protocol::Tlsv12)).build();
        let acceptor =
            acceptor.with_context(|| format!("с сертификатом {certificate} и ключом {key} TLS не включается"));
        Ok(acceptor?.into())
    }
}

/// Sees when a certificate is renewed.
struct Renewal {
    files: Files,
    used: Pem,
    acceptors: watch::Sender<TlsAcceptor>,
    /// It was said that the files cannot be used.
    is_told: bool,
}

impl Renewal {
    fn begin(files: &Files) -> Result<(Renewal, watch::Receiver<TlsAcceptor>)> {
        let used = Pem::read(files)?;
        let (acceptors, taken) = watch::channel(used.acceptor(files)?);
        Ok((Renewal { files: files.clone(), used, acceptors, is_told: false }, taken))
    }

    /// Uses what the files hold now. Where they cannot be used, as while they are being written, what was used before stays.
    fn look(&mut self) {
        let renewed = Pem::read(&self.files).and_then(|pem| match pem == self.used {
            true => Ok(None),
            false => pem.acceptor(&self.files).map(|acceptor| Some((pem, acceptor))),
        });
        match renewed {
            Ok(None) => {}
            Ok(Some((pem, acceptor))) => {
                self.used = pem;
                self.acceptors.send_replace(acceptor);
                tracing::info!(file = %self.files.0.display(), "the certificate was renewed");
            }
            Err(error) => {
                if !self.is_told {
                    tracing::warn!(
                        error = format!("{error:#}"),
                        "the certificate cannot be renewed; the earlier one stays"
                    );
                }
                self.is_told = true;
                return;
            }
        }
        self.is_told = false;
    }

    /// Looks from time to time for as long as connections are taken.
    async fn run(mut self) {
        let taken = self.acceptors.clone();
        loop {
            tokio::select! {
                () = tokio::time::sleep(LOOK_EVERY) => {}
                () = taken.closed() => return,
            }
            // Files may lie on a disk that is away.
            let looked = tokio::task::spawn_blocking(move || {
                self.look();
                self
            });
            let Ok(again) = looked.await else { return };
            self = again;
        }
    }
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

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use axum::Router;
    use axum::routing::get;
    use rcgen::{CertifiedKey, generate_simple_self_signed};

    use super::*;
    use crate::instance::http::serve::page_settings;

    fn write(path: &Path, content: &str) {
        std::fs::write(path, content).unwrap();
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }

    /// Makes a certificate of the loopback and writes it and its key; returns the certificate.
    fn make((certificate, key): &Files) -> String {
        let CertifiedKey { cert, signing_key } = generate_simple_self_signed(["127.0.0.1".to_owned()]).unwrap();
        write(key, &signing_key.serialize_pem());
        write(certificate, &cert.pem());
        cert.pem()
    }

    fn files(folder: &Path) -> Files {
        (folder.join("page.pem"), folder.join("page.key"))
    }

    fn client(trusted: &str) -> reqwest::Client {
        let certificate = Certificate::from_pem(trusted.as_bytes()).unwrap();
        reqwest::Client::builder().no_proxy().tls_certs_only([certificate]).build().unwrap()
    }

    #[tokio::test]
    async fn the_page_speaks_tls_and_takes_a_renewed_certificate_without_a_restart() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        let first = make(&files);
        let web = config::Web {
            listen: ([127, 0, 0, 1], 0).into(),
            hosts: Vec::new(),
            proxies: Vec::new(),
            certificate: Some(files.clone()),
        };
        let mut settings = page_settings(&web).unwrap();
        let (mut renewal, acceptors) = Renewal::begin(&files).unwrap();
        settings.tls = Some(acceptors);
        let socket = listener::bind(web.listen).unwrap();
        let url = format!("https://{}/", socket.local_addr().unwrap());
        let router = Router::new().route("/", get(|| async { "page" }));
        tokio::spawn(listener::serve(socket, router, settings, std::future::pending()));
        let is_answered = async |trusted: &str| client(trusted).get(&url).send().await.is_ok();
        assert!(is_answered(&first).await);

        // Half of the pair is there: the key of the first does not fit.
        let key = std::fs::read_to_string(&files.1).unwrap();
        let second = make(&files);
        let second_key = std::fs::read_to_string(&files.1).unwrap();
        write(&files.1, &key);
        renewal.look();
        assert!(renewal.is_told && is_answered(&first).await);
        write(&files.1, &second_key);
        renewal.look();
        assert!(!renewal.is_told && is_answered(&second).await && !is_answered(&first).await);
        assert!(reqwest::get(url.replace("https", "http")).await.is_err(), "nobody is answered in the clear");
    }

    #[test]
    fn a_key_that_others_read_or_that_is_another_certificates_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let files = files(folder.path());
        make(&files);
        assert_eq!(problem(&files), None);
        std::fs::set_permissions(&files.1, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(problem(&files).unwrap().contains("chmod 600"));
        let certificate = std::fs::read_to_string(&files.0).unwrap();
        make(&files);
        write(&files.0, &certificate);
        assert!(problem(&files).unwrap().contains("не от сертификата"));
        std::fs::remove_file(&files.0).unwrap();
        assert!(problem(&files).unwrap().contains("не читается"));
    }
}
