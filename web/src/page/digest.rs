//! The digest of a day as a page.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use jiff::civil::Date;

use crate::state::Web;

/// The digest of a day.
pub async fn digest(State(web): State<Web>, Path(date): Path<Date>) -> Response {
    let Some(reports) = web.reports else {
        return (StatusCode::SERVICE_UNAVAILABLE, "Сводки делает другой процесс.").into_response();
    };
    let page = web.work.figures.asking(async move {
        match reports.digest(date).await {
            Ok(digest) => reports.html(&digest).await,
            Err(error) => Err(error),
        }
    });
    let page = match page.await {
        Ok(page) => page,
        Err(busy) => {
            let (status, headers) = busy.head();
            return (status, headers, busy.words()).into_response();
        }
    };
    match page {
        Ok(html) => Html(html).into_response(),
        Err(error) => {
            tracing::error!(%error, %date, "digest cannot be shown");
            (StatusCode::SERVICE_UNAVAILABLE, "Сводку сейчас не составить: цифры не отвечают. Попробуйте позже.")
                .into_response()
        }
    }
}
