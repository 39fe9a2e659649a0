//! Search hits as CSV that Excel in Russia opens: UTF-8 with BOM, semicolons, local time, no formulas.

use axum::body::{Body, Bytes};
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use config::Config;
use model::TaggedPost;
use store::search::{SearchError, SearchRequest};
use tokio::sync::mpsc;

use crate::error::ApiError;
use crate::state::Web;
use crate::work::budget;

/// Pieces on their way to a slow reader: the export waits for it rather than fill memory.
const PIECES_AHEAD: usize = 16;

const HEADINGS: [&str; 17] = [
    "Опубликовано",
    "Источник",
    "Площадка",
    "Отрасль",
    "Темы",
    "Риски",
    "Места",
    "Заголовок",
    "Текст",
    "Ссылка",
    "Просмотры",
    "Реакции",
    "Репосты",
    "Комментарии",
    "Язык",
    "Изменено",
    "ID",
];

/// All hits, newest first, a line each.
pub async fn export(
    State(web): State<Web>,
    request: Result<Query<SearchRequest>, QueryRejection>,
) -> Result<Response, ApiError> {
    let Query(request) = request.map_err(|error| ApiError::asked(error.body_text()))?;
    let index = web.index.clone().ok_or_else(|| ApiError::absent("store"))?;
    // Before the search below: a flood of exports must not take the places of searches.
    let place = web.work.exports.place().await?;
    // A bad query is an answer with its reason, which a stream that has begun can no longer give.
    let probe = SearchRequest { limit: 1, ..request.clone() };
    super::search::find(&web, probe).await?;

    let budget = budget();
    let asked = budget.guard();
    let (sender, receiver) = mpsc::channel::<Result<Bytes, std::io::Error>>(PIECES_AHEAD);
    let config = web.config.clone();
    tokio::task::spawn_blocking(move || {
        // Until the reader has everything, or is given up by the listener.
        let _place = place;
        if sender.blocking_send(head()).is_err() {
            return;
        }
        let mut line = |post: TaggedPost| sender.blocking_send(row(&post, &config)).map_err(|_| StreamEnd::Gone);
        match index.search_all(&request, &budget, &mut line) {
            Ok(()) | Err(StreamEnd::Gone | StreamEnd::Search(SearchError::Cancelled)) => {}
            Err(StreamEnd::Search(error)) => {
                tracing::error!(%error, "export ended early");
                let _ = sender.blocking_send(Err(std::io::Error::other(error.to_string())));
            }
        }
    });
    // Who no longer reads drops the stream, and the guard with it.
    let pieces = futures_util::stream::unfold((receiver, asked), |(mut receiver, asked)| async move {
        receiver.recv().await.map(|piece| (piece, (receiver, asked)))
    });
    Ok(([(header::CONTENT_TYPE, "text/csv; charset=utf-8")], Body::from_stream(pieces)).into_response())
}

/// Why an export ends early.
enum StreamEnd {
    /// The reader is gone.
    Gone,
    /// The index failed.
    Search(SearchError),
}

impl From<SearchError> for StreamEnd {
    fn from(error: SearchError) -> StreamEnd {
        StreamEnd::Search(error)
    }
}

fn head() -> Result<Bytes, std::io::Error> {
    let line = line(HEADINGS.map(str::to_owned))?;
    Ok([&b"\xef\xbb\xbf"[..], &line].concat().into())
}

fn row(tagged: &TaggedPost, config: &Config) -> Result<Bytes, std::io::Error> {
    let post = &tagged.post;
    let local =
        |time: model::Time| time.to_zoned_datetime(config.timezone().clone()).strftime("%d.%m.%Y %H:%M:%S").to_string();
    let number = |number: Option<u64>| number.map(|number| number.to_string()).unwrap_or_default();
    let risks =
        tagged.tags.risks.iter().map(|risk| format!("{} ({})", config.risk_name(&risk.kind), risk.level.name_ru()));
    let cells = [
        local(post.published_at),
        config.source_name(&post.source).to_owned(),
        post.platform.to_string(),
        tagged.tags.sector.name_ru().to_owned(),
        join(tagged.tags.topics.iter().map(|topic| config.topic_name(topic).to_owned())),
        join(risks),
        join(tagged.tags.places.iter().map(|place| config.place_name(place).to_owned())),
        post.title.clone().unwrap_or_default(),
        post.text.clone(),
        post.url.clone().unwrap_or_default(),
        number(post.views),
        number(post.reactions),
        number(post.reposts),
        number(post.comments),
        tagged.tags.language.clone().unwrap_or_default(),
        post.edited_at.map(local).unwrap_or_default(),
        post.id.to_string(),
    ];
    Ok(line(cells.map(|cell| harmless(&cell)))?.into())
}

fn join(parts: impl Iterator<Item = String>) -> String {
    parts.collect::<Vec<_>>().join(", ")
}

/// A cell that would begin a formula in a spreadsheet gets an apostrophe before it.
fn harmless(cell: &str) -> String {
    match cell.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r']) || cell.starts_with(['\t', '\r', '\n']) {
        true => format!("'{cell}"),
        false => cell.to_owned(),
    }
}

fn line<const N: usize>(cells: [String; N]) -> Result<Vec<u8>, std::io::Error> {
    let mut writer =
        ::csv::WriterBuilder::new().delimiter(b';').terminator(::csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(cells)?;
    writer.into_inner().map_err(|error| error.into_error())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(cell: &str, expect: &str) {
        assert_eq!(harmless(cell), expect);
    }

    #[test]
    fn cells_that_begin_a_formula_are_escaped() {
        check("=HYPERLINK(\"http://x\")", "'=HYPERLINK(\"http://x\")");
        check("  =1+1", "'  =1+1");
        check("+7", "'+7");
        check("-нет", "'-нет");
        check("@имя", "'@имя");
        check("\tа", "'\tа");
        check("Нет воды = беда", "Нет воды = беда");
    }

    #[test]
    fn a_line_has_semicolons_and_quotes_what_needs_them() {
        let line = line(["а;б".to_owned(), "в \"г\"".to_owned(), "д\nе".to_owned()]).unwrap();
        assert_eq!(String::from_utf8(line).unwrap(), "\"а;б\";\"в \"\"г\"\"\";\"д\nе\"\r\n");
    }
}
