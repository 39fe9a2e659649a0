//! Asking whoever owns a data folder: the running instance over its socket, or this process itself.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use axum::response::Response;
use config::Config;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

use crate::Failure;
use crate::cli::Places;
use crate::commands;
use crate::instance::folder::Folder;
use crate::instance::{Instance, Purpose, sample, serve};
use crate::language::is_russian;

/// Whom a command asks. The same routes answer either way.
pub enum Client {
    /// The running instance.
    Running(PathBuf),
    /// Nobody holds the folder: its parts are opened here, for this command.
    Here { instance: Arc<Instance>, router: Router },
}

impl Client {
    /// Finds the owner of the data folder, or becomes it for a purpose.
    pub async fn connect(places: &Places, purpose: Purpose) -> Result<Client, Failure> {
        let folder = Folder::find(places.data.as_deref(), false);
        if !purpose.working && !folder.path().exists() {
            let folder = folder.path().display();
            return Err(match is_russian() {
                true => anyhow!(
                    "нет папки данных {folder}: там ещё ничего не запускали и не загружали; запустите otklik run или укажите папку ключом --data"
                ),
                false => anyhow!(
                    "there is no data folder {folder}: nothing has run or been imported there yet; start otklik run or give the folder with --data"
                ),
            }
            .into());
        }
        let Some(lock) = folder.take()? else {
            return Ok(Client::Running(folder.socket()));
        };
        let stopped = sample::stopped_clock(&folder)?;
        let overlay = match stopped {
            Some(_) => sample::files("http://127.0.0.1:1", &folder.file("sample-vk-token")),
            None => Vec::new(),
        };
        let files = commands::files(places, overlay)?;
        let config = Arc::new(commands::valid(&files)?);
        let clock = stopped.unwrap_or_else(|| Arc::new(model::Time::now));
        let instance = Arc::new(Instance::open(files, config, clock, folder, lock, &purpose, Vec::new()).await?);
        let router = serve::own_router(&instance);
        Ok(Client::Here { instance, router })
    }

    /// The configuration of the owner: its names are the ones that its answers mean.
    pub async fn config(&self) -> Result<Arc<Config>> {
        match self {
            Client::Here { instance, .. } => Ok(Arc::clone(&instance.config)),
            Client::Running(_) => {
                let files: BTreeMap<String, String> = self.get("/own/config", &()).await?;
                Ok(Arc::new(Config::parse(&files.into_iter().collect())?))
            }
        }
    }

    /// GET of a path with a query, answered as JSON.
    pub async fn get<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize) -> Result<T> {
        let answer = self.get_bytes(path, query).await?;
        serde_json::from_slice(&answer).with_context(|| format!("the answer to {path} is not understood"))
    }

    /// GET of a path with a query, as it comes.
    pub async fn get_bytes(&self, path: &str, query: &impl Serialize) -> Result<Vec<u8>> {
        self.ask(Method::GET, &with_query(path, query)?, Vec::new()).await
    }

    /// GET of a path with a query, piece by piece: an export may be larger than memory.
    pub async fn get_to(&self, path: &str, query: &impl Serialize, out: &mut impl std::io::Write) -> Result<()> {
        let answer = self.send(Method::GET, &with_query(path, query)?, Vec::new()).await?;
        let status = answer.status();
        let mut body = answer.into_body();
        if !status.is_success() {
            let bytes = body.collect().await?.to_bytes();
            return Err(refusal(status, &bytes));
        }
        while let Some(frame) = body.frame().await {
            if let Some(bytes) = frame?.data_ref() {
                out.write_all(bytes)?;
            }
        }
        Ok(())
    }

    /// POST of a body to a path, answered as JSON.
    pub async fn post<T: DeserializeOwned>(&self, path: &str, query: &impl Serialize, body: Vec<u8>) -> Result<T> {
        let answer = self.ask(Method::POST, &with_query(path, query)?, body).await?;
        serde_json::from_slice(&answer).with_context(|| format!("the answer to {path} is not understood"))
    }

    /// Ends what was opened for this command.
    pub async fn close(self) {
        if let Client::Here { instance, router } = self {
            drop(router);
            instance.close().await;
        }
    }

    async fn ask(&self, method: Method, uri: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        let answer = self.send(method, uri, body).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        if status.is_success() { Ok(bytes.into()) } else { Err(refusal(status, &bytes)) }
    }

    async fn send(&self, method: Method, uri: &str, body: Vec<u8>) -> Result<Response> {
        let request = Request::builder().method(method).uri(uri).header("host", "otklik").body(Body::from(body))?;
        match self {
            Client::Here { router, .. } => match router.clone().oneshot(request).await {
                Ok(answer) => Ok(answer),
                Err(never) => match never {},
            },
            Client::Running(socket) => {
                let stream = tokio::net::UnixStream::connect(socket).await.with_context(|| {
                    let socket = socket.display();
                    match is_russian() {
                        true => format!("папка данных занята, но её владелец не отвечает на {socket}; если он как раз запускается или останавливается, повторите через минуту"),
                        false => format!("the data folder is in use, but its owner does not answer at {socket}; if it is just starting or stopping, try again in a minute"),
                    }
                })?;
                let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream)).await?;
                tokio::spawn(connection);
                Ok(sender.send_request(request).await?.map(Body::new))
            }
        }
    }
}

/// A path with the fields of `fields` that are not null.
pub fn with_query(path: &str, fields: &impl Serialize) -> Result<String> {
    Ok(format!("{path}?{}", query(fields)?))
}

/// Fields as a query of a URL; absent ones are left out.
pub fn query(query: &impl Serialize) -> Result<String> {
    let fields = serde_json::to_value(query)?;
    let mut pairs = url::form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields.as_object().into_iter().flatten() {
        match value {
            serde_json::Value::Null => {}
            serde_json::Value::String(text) => drop(pairs.append_pair(name, text)),
            other => drop(pairs.append_pair(name, &other.to_string())),
        }
    }
    Ok(pairs.finish())
}

/// The error that the owner gave, in its own words.
fn refusal(status: StatusCode, body: &[u8]) -> anyhow::Error {
    #[derive(serde::Deserialize)]
    struct Refusal {
        error: String,
    }
    match serde_json::from_slice::<Refusal>(body) {
        Ok(refusal) => anyhow!(refusal.error),
        Err(_) => anyhow!("the instance answered {status}"),
    }
}
