//! Query parameters, as strictly read as bodies.

use std::collections::BTreeMap;

use axum::extract::{self, FromRequestParts};
use axum::http::request::Parts;
use contracts::Status;
use jiff::Timestamp;
use schemars::JsonSchema;
use tables::{ListBy, ListQuery};

use crate::fields;
use crate::{Api, Caller, FieldError, Problem, ProblemKind, Right, ScheduleQuery};

/// The most items of a page.
pub(crate) const MAX_LIMIT: usize = 100;

/// The longest text that is searched for, in characters.
const MAX_TEXT: usize = 100;

/// How many items a page has when nobody says.
const DEFAULT_LIMIT: usize = 50;

/// What a query string may ask for. The schema documents the parameters that `read` reads.
pub(crate) trait Filters: JsonSchema + Sized {
    /// The names of the parameters there are.
    const NAMES: &'static [&'static str];

    /// Reads them.
    fn read(parameters: &Parameters) -> Result<Self, Problem>;
}

/// What the query string asks for.
pub(crate) struct Query<T>(pub(crate) T);

impl<S: Send + Sync, T: Filters> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let pairs = extract::Query::<Vec<(String, String)>>::from_request_parts(parts, state).await;
        let unreadable = |_| Problem::new(ProblemKind::InvalidQuery, "the query string cannot be decoded as UTF-8");
        let extract::Query(pairs) = pairs.map_err(unreadable)?;
        let parameters = Parameters(pairs.into_iter().collect());
        parameters.only(T::NAMES)?;
        T::read(&parameters).map(Self)
    }
}

/// The parameters of a request by name; the last one counts where one is repeated.
pub(crate) struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// Refuses parameters that are none of `known`: a filter that is ignored shows what was not asked for.
    fn only(&self, known: &[&str]) -> Result<(), Problem> {
        let others = self.0.keys().filter(|name| !known.contains(&name.as_str()));
        let unknown = fields::unknown("parameter", others, known);
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(Problem::fields(ProblemKind::InvalidQuery, unknown))
        }
    }

    /// The text of a parameter.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        self.0.get(name).cloned()
    }

    /// A parameter, or `None` when it is not there. `right` says what it must be.
    pub(crate) fn read<T>(
        &self,
        name: &str,
        parse: impl Fn(&str) -> Option<T>,
        right: &str,
    ) -> Result<Option<T>, Problem> {
        let Some(text) = self.0.get(name) else { return Ok(None) };
        parse(text).map(Some).ok_or_else(|| wrong(name, right))
    }

    fn limit(&self) -> Result<Option<usize>, Problem> {
        let limit = |text: &str| text.parse().ok().filter(|limit| (1..=MAX_LIMIT).contains(limit));
        self.read("limit", limit, "must be 1 to 100")
    }

    fn time(&self, name: &str) -> Result<Option<Timestamp>, Problem> {
        const TIME: &str = "must be a time as RFC 3339 writes it, for example 2030-01-31T09:30:00Z";
        self.read(name, |text| text.parse().ok(), TIME)
    }
}

/// Which part of a list is asked for.
#[derive(JsonSchema)]
pub(crate) struct Page {
    /// Only messages accepted then or later.
    from: Option<Timestamp>,
    /// Only messages accepted then or earlier.
    to: Option<Timestamp>,
    /// How many at most.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl Page {
    /// That part of a list.
    pub(crate) fn query(self, list: ListQuery) -> Result<ListQuery, Problem> {
        let query = ListQuery {
            since: self.from,
            until: self.to,
            limit: self.limit.unwrap_or(DEFAULT_LIMIT),
            cursor: self.cursor,
            ..list
        };
        // DynamoDB refuses bounds that are the wrong way round, as if the fault were ours.
        if (query.since.zip(query.until)).is_some_and(|(since, until)| since > until) {
            return Err(wrong("to", "lies before from: name a later time, or exchange the two"));
        }
        query.check().map_err(|_| bad_cursor())?;
        Ok(query)
    }
}

impl Filters for Page {
    const NAMES: &'static [&'static str] = &["from", "to", "limit", "cursor"];

    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        Ok(Self {
            from: parameters.time("from")?,
            to: parameters.time("to")?,
            limit: parameters.limit()?,
            cursor: parameters.0.get("cursor").cloned(),
        })
    }
}

/// Which messages are asked for.
#[derive(JsonSchema)]
pub(crate) struct MessageFilters {
    /// Only messages of this status.
    status: Option<Status>,
    /// Only messages with this text in body, title, topic or tags, whatever its case. On AWS it is refused: there is no index
    /// of texts.
    #[schemars(length(min = 1, max = 100))]
    q: Option<String>,
    #[schemars(flatten)]
    page: Page,
}

impl MessageFilters {
    /// Whether every message is read for it.
    pub(crate) fn searches(&self) -> bool {
        self.q.is_some()
    }

    /// The list that the caller may see: everybody's for administrators, where `status` fixes the index when it is given.
    pub(crate) fn list(self, api: &Api, caller: &Caller) -> Result<ListQuery, Problem> {
        if self.q.is_some() && !api.searches {
            return Err(wrong(
                "q",
                "is not searched here: there is no index of texts; leave it out",
            ));
        }
        let list = match self.status {
            status if !caller.may(Right::Admin) => ListQuery { status, ..own(caller) },
            Some(status) => ListQuery::newest(ListBy::Status(status)),
            None => ListQuery::newest(ListBy::Stage(api.stage.clone())),
        };
        Ok(ListQuery {
            text: self.q,
            ..self.page.query(list)?
        })
    }
}

impl Filters for MessageFilters {
    const NAMES: &'static [&'static str] = &["status", "q", "from", "to", "limit", "cursor"];

    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        let by_name = |name: &str| Status::ALL.into_iter().find(|status| status.as_str() == name);
        let text = |text: &str| (1..=MAX_TEXT).contains(&text.chars().count()).then(|| text.to_owned());
        let names = format!("must be one of {}", Status::ALL.map(Status::as_str).join(", "));
        Ok(Self {
            status: parameters.read("status", by_name, &names)?,
            q: parameters.read("q", text, "must be 1 to 100 characters")?,
            page: Page::read(parameters)?,
        })
    }
}

/// Which schedules are asked for.
#[derive(JsonSchema)]
pub(crate) struct ScheduleFilters {
    /// How many at most.
    #[schemars(range(min = 1, max = 100))]
    limit: Option<usize>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ScheduleFilters {
    /// That page of the schedules that the caller may see.
    pub(crate) fn query(self, caller: &Caller) -> ScheduleQuery {
        ScheduleQuery {
            owner: (!caller.may(Right::Admin)).then(|| caller.subject.clone()),
            cursor: self.cursor,
            limit: self.limit.unwrap_or(DEFAULT_LIMIT),
        }
    }
}

impl Filters for ScheduleFilters {
    const NAMES: &'static [&'static str] = &["limit", "cursor"];

    fn read(parameters: &Parameters) -> Result<Self, Problem> {
        Ok(Self {
            limit: parameters.limit()?,
            cursor: parameters.0.get("cursor").cloned(),
        })
    }
}

/// The failed messages that the caller may see.
pub(crate) fn failed_of(caller: &Caller) -> ListQuery {
    if caller.may(Right::Admin) {
        return ListQuery::newest(ListBy::Status(Status::Failed));
    }
    ListQuery {
        status: Some(Status::Failed),
        ..own(caller)
    }
}

fn own(caller: &Caller) -> ListQuery {
    ListQuery::newest(ListBy::Owner(caller.subject.clone()))
}

/// A cursor that was made up.
pub(crate) fn bad_cursor() -> Problem {
    wrong("cursor", "must be the next_cursor of a page of the same list")
}

fn wrong(name: &str, right: &str) -> Problem {
    Problem::field(ProblemKind::InvalidQuery, FieldError::new(name, right))
}
