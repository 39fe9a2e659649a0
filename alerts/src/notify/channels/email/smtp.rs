//! SMTP over TLS, step by step: whatever fails before the message itself is transmitted was certainly not delivered.

use std::error::Error as StdError;
use std::path::Path;
use std::time::Duration;

use config::MailSecurity;
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use lettre::Address;
use lettre::message::Mailbox;
use lettre::transport::smtp::Error;
use lettre::transport::smtp::authentication::{Credentials, DEFAULT_MECHANISMS};
use lettre::transport::smtp::client::{AsyncSmtpConnection, Certificate, TlsParameters};
use lettre::transport::smtp::commands::{Data, Mail, Rcpt};
use lettre::transport::smtp::extension::ClientId;
use model::Clock;
use tokio::time::timeout;

use super::super::channel::Channel;
use super::super::http::authorities;
use super::super::message::Message;
use super::super::outcome::{DeliveryOutcome, Reason};
use super::letter;

/// Until the connection is established.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// From the connection to the server's permission to transmit the message.
const TALK_TIMEOUT: Duration = Duration::from_secs(60);

/// For the message and the server's answer to it: servers examine messages before they accept them.
const MESSAGE_TIMEOUT: Duration = Duration::from_secs(120);

/// The message has been accepted by then; nothing depends on the server's goodbye.
const QUIT_TIMEOUT: Duration = Duration::from_secs(2);

pub struct Email {
    server: String,
    port: u16,
    security: MailSecurity,
    tls: TlsParameters,
    from: Mailbox,
    login: Option<Credentials>,
    clock: Clock,
}

impl Email {
    pub fn open(settings: &config::Email, clock: Clock) -> Result<Email, String> {
        let address = address(&settings.from).ok_or_else(|| format!("адрес {} записан неверно", settings.from))?;
        let login = settings
            .login
            .as_ref()
            .map(|(user, password)| password.read().map(|password| Credentials::new(user.clone(), password)));
        Ok(Email {
            server: settings.server.clone(),
            port: settings.port,
            security: settings.security,
            tls: tls(&settings.server, settings.ca_file.as_deref())?,
            from: Mailbox::new(Some(settings.from_name.clone()), address),
            login: login.transpose()?,
            clock,
        })
    }

    async fn deliver(&self, message: &Message) -> DeliveryOutcome {
        let Some(to) = address(&message.to) else {
            return Reason::new("email_address", "адрес получателя записан неверно").refused();
        };
        let id = letter::message_id(&message.key, self.from.email.domain());
        let bytes = match letter::compose(message, &self.from, &to, &id, (self.clock)()) {
            Ok(bytes) => bytes,
            Err(reason) => return reason.refused(),
        };
        let prepared = timeout(TALK_TIMEOUT, self.prepare(to)).await;
        let mut connection = match prepared {
            Ok(Ok(connection)) => connection,
            Ok(Err(outcome)) => return outcome,
            Err(_) => return Reason::new("email_slow", "почтовый сервер не ответил вовремя").later(),
        };
        // From here on a lost answer leaves it open whether the message was accepted.
        let answered = timeout(MESSAGE_TIMEOUT, connection.message(&bytes)).await;
        let _ = timeout(QUIT_TIMEOUT, connection.quit()).await;
        match answered {
            Ok(Ok(_)) => DeliveryOutcome::Accepted { message_id: Some(id) },
            Ok(Err(error)) if error.status().is_some() => failed("message", &error),
            Ok(Err(_)) => Reason::new("email_lost", "соединение оборвалось, когда письмо уже передавалось").unknown(),
            Err(_) => Reason::new("email_lost", "почтовый сервер не ответил, принял ли письмо").unknown(),
        }
    }

    /// Everything before the message itself.
    async fn prepare(&self, to: Address) -> Result<AsyncSmtpConnection, DeliveryOutcome> {
        // The sender's domain: the machine's own name means nothing to a server elsewhere.
        let name = ClientId::Domain(self.from.email.domain().to_owned());
        let wrapper = (self.security == MailSecurity::Tls).then(|| self.tls.clone());
        let server = (self.server.as_str(), self.port);
        let mut connection = AsyncSmtpConnection::connect_tokio1(server, Some(CONNECT_TIMEOUT), &name, wrapper, None)
            .await
            .map_err(|error| failed("connect", &error))?;
        if self.security == MailSecurity::StartTls {
            if !connection.can_starttls() {
                let words = "почтовый сервер не предлагает STARTTLS, а открыто письма не передаются";
                return Err(Reason::new("email_no_tls", words).refused());
            }
            connection.starttls(self.tls.clone(), &name).await.map_err(|error| failed("starttls", &error))?;
        }
        if let Some(login) = &self.login {
            let answer = connection.auth(DEFAULT_MECHANISMS, login).await;
            answer.map_err(|error| failed("login", &error))?;
        }
        let from = Mail::new(Some(self.from.email.clone()), Vec::new());
        connection.command(from).await.map_err(|error| failed("sender", &error))?;
        connection.command(Rcpt::new(to, Vec::new())).await.map_err(|error| failed("recipient", &error))?;
        connection.command(Data).await.map_err(|error| failed("data", &error))?;
        Ok(connection)
    }
}

impl Channel for Email {
    fn send<'a>(&'a self, message: &'a Message) -> BoxFuture<'a, DeliveryOutcome> {
        self.deliver(message).boxed()
    }
}

/// The outcome of a step that failed and certainly delivered nothing. Of the server's codes (RFC 5321, 4.2.1) those that begin with 4
/// are worth another attempt, those with 5 are not.
fn failed(step: &'static str, error: &Error) -> DeliveryOutcome {
    let Some(code) = error.status() else {
        return match step {
            "connect" | "starttls" if is_tls(error) => {
                Reason::said("email_tls", "сертификат почтового сервера не подходит", &root(error)).refused()
            }
            "login" if error.is_client() => {
                Reason::new("email_login", "почтовый сервер не предлагает входа по паролю").refused()
            }
            _ => Reason::said("no_connection", "нет соединения с почтовым сервером", &root(error)).later(),
        };
    };
    let name = match step {
        "login" => "email_login",
        "recipient" => "email_recipient",
        "message" => "email_message",
        _ => "email_server",
    };
    let words = match step {
        "login" => "почтовый сервер не принял имя и пароль",
        "recipient" => "почтовый сервер не принял адрес получателя",
        "message" => "почтовый сервер не принял письмо",
        _ => "почтовый сервер отказал",
    };
    let reason = Reason::said(name, &format!("{words} ({code})"), &root(error));
    if error.is_transient() { reason.later() } else { reason.refused() }
}

/// Whether TLS itself failed, which for a server that answers at all means its certificate. The library reports it as a connection error.
fn is_tls(error: &Error) -> bool {
    let mut cause = error.source();
    while let Some(inner) = cause {
        if inner.is::<native_tls::Error>() {
            return true;
        }
        cause = inner.source();
    }
    false
}

/// The innermost cause.
fn root(error: &Error) -> String {
    let mut root: &dyn StdError = error;
    while let Some(cause) = root.source() {
        root = cause;
    }
    root.to_string()
}

/// An address as mail servers of any age accept it: with an international domain in its ASCII form.
fn address(text: &str) -> Option<Address> {
    let (local, domain) = text.rsplit_once('@')?;
    let url::Host::Domain(domain) = url::Host::parse(domain).ok()? else { return None };
    Address::new(local, domain).ok().filter(|address| address.to_string().is_ascii())
}

fn tls(server: &str, ca_file: Option<&Path>) -> Result<TlsParameters, String> {
    let mut builder = TlsParameters::builder(server.to_owned());
    if let Some(path) = ca_file {
        let wrong = |_| format!("в файле {} нет сертификата PEM", path.display());
        builder = builder.add_root_certificate(Certificate::from_pem(&authorities(path)?).map_err(wrong)?);
    }
    builder.build_native().map_err(|_| "TLS для почты не настраивается".to_owned())
}
