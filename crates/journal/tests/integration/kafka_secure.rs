//! Encryption and login against Apache Kafka itself, one node with a listener for each: TLS with SCRAM, and TLS with a client
//! certificate.

use std::path::Path;
use std::time::Duration;

use crate::kafka::retried;
use journal::broker::{Broker, free_port};
use journal::{Error, Journal, Kafka, KafkaSettings, Record, Sasl, Security, Stream, Tls};
use rcgen::{BasicConstraints, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair};

/// Of the only person who may log in.
const PASSWORD: &str = "not-a-secret-but-long";

/// An authority with what it certified: files of PEM in a folder.
fn certify(folder: &Path) {
    let write = |name: &str, pem: &str| std::fs::write(folder.join(name), pem).unwrap();
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, "authority");
    let ca = params.self_signed(&key).unwrap();
    write("ca.pem", &ca.pem());
    let issuer = Issuer::new(params, key);
    for (name, purpose) in
        [("node", ExtendedKeyUsagePurpose::ServerAuth), ("client", ExtendedKeyUsagePurpose::ClientAuth)]
    {
        let key = KeyPair::generate().unwrap();
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).unwrap();
        params.extended_key_usages = vec![purpose];
        params.distinguished_name.push(DnType::CommonName, name);
        let certificate = params.signed_by(&key, &issuer).unwrap();
        write(&format!("{name}.crt"), &certificate.pem());
        write(&format!("{name}.key"), &key.serialize_pem());
        write(&format!("{name}.pem"), &format!("{}{}", key.serialize_pem(), certificate.pem()));
    }
}

/// A node that certifies itself, and the ports of its two listeners.
fn start(folder: &Path) -> (Broker, u16, u16) {
    certify(folder);
    let (login, certificate) = (free_port().unwrap(), free_port().unwrap());
    let file = |name: &str| folder.join(name).display().to_string();
    let listeners =
        format!("PLAINTEXT://127.0.0.1:@port@,LOGIN://127.0.0.1:{login},CERTIFICATE://127.0.0.1:{certificate}");
    let settings = format!(
        "listeners={listeners},CONTROLLER://127.0.0.1:@controller@\n\
         advertised.listeners={listeners}\n\
         listener.security.protocol.map=CONTROLLER:PLAINTEXT,PLAINTEXT:PLAINTEXT,LOGIN:SASL_SSL,CERTIFICATE:SSL\n\
         sasl.enabled.mechanisms=SCRAM-SHA-512\n\
         listener.name.login.scram-sha-512.sasl.jaas.config=\
         org.apache.kafka.common.security.scram.ScramLoginModule required;\n\
         listener.name.certificate.ssl.client.auth=required\n\
         ssl.keystore.type=PEM\nssl.keystore.location={}\nssl.truststore.type=PEM\nssl.truststore.location={}\n",
        file("node.pem"),
        file("ca.pem"),
    );
    let person = format!("SCRAM-SHA-512=[name=otklik,password={PASSWORD}]");
    let broker = Broker::start_with(&folder.join("kafka"), false, &settings, &["--add-scram", &person]);
    (broker.expect("Kafka must be there: deploy/setup.sh test brings it"), login, certificate)
}

fn open(port: u16, prefix: &str, security: Security) -> Kafka {
    Kafka::open(KafkaSettings {
        brokers: format!("127.0.0.1:{port}"),
        prefix: format!("{prefix}."),
        partitions: 1,
        replication: 1,
        keep: Duration::from_secs(24 * 3600),
        security,
    })
    .unwrap()
}

fn goes_there_and_back(kafka: &Kafka) {
    kafka.make_topics().unwrap();
    retried(|| kafka.append(Stream::Posts, &[Record::new("vk:-1_1", "Нет воды".into())]));
    let mut reader = kafka.reader(Stream::Posts, "r").unwrap();
    retried(|| reader.seek(&Default::default()));
    let entries = reader.poll(1, Duration::from_secs(60)).unwrap();
    assert_eq!(entries[0].payload, "Нет воды".as_bytes());
    reader.commit(&reader.position()).unwrap();
}

#[test]
fn messages_go_over_tls_to_who_logs_in_or_has_a_certificate_and_to_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let (_broker, login, certificate) = start(folder.path());
    let file = |name: &str| folder.path().join(name).display().to_string();
    let tls = |client| Some(Tls { ca_file: Some(file("ca.pem")), client });
    let person = |password: &str| {
        Some(Sasl { mechanism: "SCRAM-SHA-512".into(), user: "otklik".into(), password: password.into() })
    };

    goes_there_and_back(&open(login, "login", Security { tls: tls(None), sasl: person(PASSWORD) }));
    let client = Some((file("client.crt"), file("client.key")));
    goes_there_and_back(&open(certificate, "certificate", Security { tls: tls(client), sasl: None }));

    let refused = |port, security| match open(port, "refused", security).end(Stream::Posts) {
        Err(Error::Backend(words)) => words,
        other => panic!("{other:?}"),
    };
    // A wrong password is told as such, and not as a broker that does not answer.
    let words = refused(login, Security { tls: tls(None), sasl: person("wrong") });
    assert!(words.contains("uthentication"), "{words}");
    refused(certificate, Security { tls: tls(None), sasl: None });
    // A node that nobody vouches for: its authority is not among the system's.
    refused(login, Security { tls: Some(Tls::default()), sasl: person(PASSWORD) });
}
