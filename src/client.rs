//! Asking the owner of a data folder: the running instance over its socket, or this process itself.

use std::collections::BTreeMap;
use std::sync::Arc;

use anyhow::{Context, Result, anyhow};
use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::Response;
use config::Config;
use http_body_util::BodyExt;
use hyper_util::rt::TokioIo;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tower::ServiceExt;

use crate::configuration;
use crate::configuration::Locations;
use crate::exit::Failure;
use crate::folder::Folder;
use crate::instance::http::query::with_query;
use crate::instance::http::serve;
use crate::instance::{Instance, OpenMode, sample};
use crate::language::is_russian;

/// What a command asks. The same routes answer either way.
pub enum Client {
    /// The running instance on this folder.
    Running(Folder),
    /// Nobody holds the folder: its parts are opened here, for this command.
    InProcess { instance: Arc<Instance>, router: Router },
}

impl Client {
    /// Finds the owner of the data folder, or opens it here.
    pub async fn connect(locations: &Locations, mode: OpenMode) -> Result<Client, Failure> {
        let folder = Folder::find(locations.data.as_deref(), false);
        if !mode.running && !folder.path().exists() {
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
            return Ok(Client::Running(folder));
        };
        let stopped = sample::stopped_clock(&folder)?;
        let overlay = match stopped {
            Some(_) => sample::files("http://127.0.0.1:1", &folder.file("sample-vk-token")),
            None => Vec::new(),
        };
        let files = configuration::files(locations, overlay)?;
        let config = Arc::new(configuration::valid(&files)?);
        let clock = stopped.unwrap_or_else(|| Arc::new(model::Time::now));
        let instance = Arc::new(Instance::open(files, config, clock, folder, lock, &mode, Vec::new()).await?);
        let router = serve::own_router(&instance);
        Ok(Client::InProcess { instance, router })
    }

    /// The configuration of the owner: its names are the ones that its answers mean.
    pub async fn config(&self) -> Result<Arc<Config>> {
        match self {
            Client::InProcess { instance, .. } => Ok(Arc::clone(&instance.config)),
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

    /// GET of a list, page by page to its end.
    pub async fn get_pages<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &impl Serialize,
        mut each: impl FnMut(T),
    ) -> Result<()> {
        let mut next = Some(with_query(path, query)?);
        while let Some(uri) = next {
            let answer = self.send(Method::GET, &uri, Vec::new()).await?;
            let (status, link) = (answer.status(), next_page(answer.headers()));
            let bytes = answer.into_body().collect().await?.to_bytes();
            if !status.is_success() {
                return Err(error_of(status, &bytes));
            }
            each(serde_json::from_slice(&bytes).with_context(|| format!("the answer to {path} is not understood"))?);
            next = link;
        }
        Ok(())
    }

    /// GET of a path with a query, as it comes.
    pub async fn get_bytes(&self, path: &str, query: &impl Serialize) -> Result<Vec<u8>> {
        self.ask(Method::GET, &with_query(path, query)?, Vec::new()).await
    }

    /// GET of a path with a query, piece by piece: an export may be larger than memory.
    pub async fn get_to(&self, path: &str, query: &impl Serialize, out: &mut impl std::io::Write) -> Result<()> {
        self.stream_to(Method::GET, path, query, out).await
    }

    /// POST to a path, answered piece by piece while the work goes on.
    pub async fn post_to(&self, path: &str, query: &impl Serialize, out: &mut impl std::io::Write) -> Result<()> {
        self.stream_to(Method::POST, path, query, out).await
    }

    async fn stream_to(
        &self,
        method: Method,
        path: &str,
        query: &impl Serialize,
        out: &mut impl std::io::Write,
    ) -> Result<()> {
        let answer = self.send(method, &with_query(path, query)?, Vec::new()).await?;
        let status = answer.status();
        let mut body = answer.into_body();
        if !status.is_success() {
            let bytes = body.collect().await?.to_bytes();
            return Err(error_of(status, &bytes));
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

    /// Closes what was opened for this command.
    pub async fn close(self) {
        if let Client::InProcess { instance, router } = self {
            drop(router);
            instance.close().await;
        }
    }

    async fn ask(&self, method: Method, uri: &str, body: Vec<u8>) -> Result<Vec<u8>> {
        let answer = self.send(method, uri, body).await?;
        let status = answer.status();
        let bytes = answer.into_body().collect().await?.to_bytes();
        if status.is_success() { Ok(bytes.into()) } else { Err(error_of(status, &bytes)) }
    }

    async fn send(&self, method: Method, uri: &str, body: Vec<u8>) -> Result<Response> {
        let request = Request::builder().method(method).uri(uri).header("host", "otklik").body(Body::from(body))?;
        match self {
            Client::InProcess { router, .. } => match router.clone().oneshot(request).await {
                Ok(answer) => Ok(answer),
                Err(never) => match never {},
            },
            Client::Running(folder) => {
                let connected = async { tokio::net::UnixStream::connect(folder.short_socket()?).await };
                let stream = connected.await.with_context(|| {
                    let socket = folder.socket();
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

/// Where a list goes on, by its header `Link`.
fn next_page(headers: &HeaderMap) -> Option<String> {
    let link = headers.get(header::LINK)?.to_str().ok()?;
    Some(link.strip_prefix('<')?.strip_suffix(">; rel=\"next\"")?.to_owned())
}

/// The error that the owner gave, in its own words.
fn error_of(status: StatusCode, body: &[u8]) -> anyhow::Error {
    #[derive(serde::Deserialize)]
    struct Answered {
        error: String,
    }
    match serde_json::from_slice::<Answered>(body) {
        Ok(answered) => anyhow!(answered.error),
        Err(_) => anyhow!("the instance answered {status}"),
    }
}
