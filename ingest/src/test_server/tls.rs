//! A server whose certificate is of another name and of nobody who is trusted, as of who answers in another's place.

use tokio::net::TcpListener;

/// Where it listens, as `https://127.0.0.1:port`.
pub(crate) async fn of_another_name() -> String {
    let pair = rcgen::generate_simple_self_signed(["blocked.provider.example".to_owned()]).unwrap();
    let (certificate, key) = (pair.cert.pem(), pair.signing_key.serialize_pem());
    let identity = native_tls::Identity::from_pkcs8(certificate.as_bytes(), key.as_bytes()).unwrap();
    let acceptor = tokio_native_tls::TlsAcceptor::from(native_tls::TlsAcceptor::new(identity).unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who sees the certificate goes no further.
            let _ = acceptor.accept(stream).await;
        }
    });
    base
}
