//! Query parameters, as strictly read as bodies.

use std::collections::BTreeMap;

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use contracts::Status;
use jiff::Timestamp;
use tables::{ListBy, ListQuery};

use crate::{FieldError, Problem, ProblemKind};

/// The most items of a page.
const MAX_LIMIT: usize = 100;

/// How many items a page has when nobody says.
const DEFAULT_LIMIT: usize = 50;

/// The parameters of a request by name; the last one counts where one is repeated.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl<S: Send + Sync> FromRequestParts<S> for Parameters {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let unreadable = |_| Problem::new(ProblemKind::InvalidQuery, "the query string cannot be decoded as UTF-8");
        pairs
            .map(|Query(pairs)| Self(pairs.into_iter().collect()))
            .map_err(unreadable)
    }
}

impl Parameters {
    /// Refuses parameters that are none of `known`: a filter that is ignored shows what was not asked for.
    fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let unknown: Vec<FieldError> = (self.0.keys())
            .filter(|name| !known.contains(&name.as_str()))
            .map(|name| {
                FieldError::new(
                    name,
                    format!("is not a parameter: leave it out; known are {}", known.join(", ")),
                )
            })
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Problem::fields(ProblemKind::InvalidQuery, unknown))
        }
    }

    fn read<T>(&self, name: &str, parse: impl Fn(&str) -> Option<T>, right: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| wrong(name, right))
    }

    /// The list that is asked for. `status` fixes the index when it is given.
    pub(crate) fn list(&self, stage: &str) -> Result<ListQuery, Problem> {
        self.only(&["status", "from", "to", "cursor", "limit"])?;
        let by_name = |name: &str| Status::ALL.into_iter().find(|status| status.as_str() == name);
        let names = format!("must be one of {}", Status::ALL.map(Status::as_str).join(", "));
        let status = self.read("status", by_name, &names)?;
        self.page(status.map_or_else(|| ListBy::Stage(stage.to_owned()), ListBy::Status))
    }

    /// The failed messages.
    pub(crate) fn failed(&self) -> Result<ListQuery, Problem> {
        self.only(&["from", "to", "cursor", "limit"])?;
        self.page(ListBy::Status(Status::Failed))
    }

    fn page(&self, by: ListBy) -> Result<ListQuery, Problem> {
        const TIME: &str = "must be a time as RFC 3339 writes it, for example 2030-01-31T09:30:00Z";
        let time = |text: &str| text.parse::<Timestamp>().ok();
        let limit = |text: &str| text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
        let query = ListQuery {
            since: self.read("from", time, TIME)?,
            until: self.read("to", time, TIME)?,
            limit: self.read("limit", limit, "must be 1 to 100")?.unwrap_or(DEFAULT_LIMIT),
            cursor: self.0.get("cursor").cloned(),
            ..ListQuery::newest(by)
        };
        query.check().map_err(|_| bad_cursor())?;
        Ok(query)
    }
}

/// A cursor that was made up.
pub(crate) fn bad_cursor() -> Problem {
    wrong("cursor", "must be the next_cursor of a page of the same list")
}

fn wrong(name: &str, right: &str) -> Problem {
    Problem::field(ProblemKind::InvalidQuery, FieldError::new(name, right))
}
