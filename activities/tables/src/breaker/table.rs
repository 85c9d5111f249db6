//! The table `circuit-breaker`: read, decide, write if nobody else did.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Breaker, Observation, Permit, Step, Thresholds, transition};
use crate::attributes::{from_attributes, to_attributes};
use crate::{CIRCUIT_BREAKER, TableError, TableErrorKind};

/// How often a transition is tried when others write in between. Each loss means that another one succeeded.
const TRIES: usize = 32;

/// The circuit breakers, as all Lambdas share them.
#[derive(Clone, Debug)]
pub struct Breakers {
    client: Client,
    table: String,
    thresholds: Thresholds,
}

/// A breaker as its item has it: the service, the number of the write that left it so, and how it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BreakerRecord {
    /// The service: ntfy's base URL.
    pub service_name: String,
    /// Counts the writes; 0 for a breaker that was never written.
    pub version: u64,
    /// How it stands.
    #[serde(flatten)]
    pub breaker: Breaker,
}

/// A transition that took place: what was observed when, and what it made of the breaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    pub(super) before: BreakerRecord,
    pub(super) observation: Observation,
    pub(super) now: Timestamp,
    pub(super) step: Step,
}

impl Breakers {
    /// Over a table of this name, in the client's region.
    pub fn new(client: Client, table: impl Into<String>, thresholds: Thresholds) -> Self {
        Self {
            client,
            table: table.into(),
            thresholds,
        }
    }

    /// Whether `service` may be called, and how its breaker stands then. A closed breaker costs one read.
    pub async fn ask(&self, service: &str, now: Timestamp) -> Result<(Permit, BreakerRecord), TableError> {
        let applied = self
            .apply(service, |version| Observation::Asked { ticket: version + 1 }, now)
            .await?;
        Ok((applied.step.permit, applied.after()))
    }

    /// Puts the outcome of a call to the breaker, and returns how it stands then. What leaves a breaker as it is
    /// (a success while it is closed) is not written.
    pub async fn report(
        &self,
        service: &str,
        outcome: Observation,
        now: Timestamp,
    ) -> Result<BreakerRecord, TableError> {
        Ok(self.apply(service, |_| outcome, now).await?.after())
    }

    /// Closes a breaker by hand, even one whose item cannot be read.
    pub async fn reset(&self, service: &str, now: Timestamp) -> Result<BreakerRecord, TableError> {
        match self.report(service, Observation::Reset, now).await {
            Err(error) if error.kind == TableErrorKind::Corrupt => {
                self.delete(service).await?;
                self.report(service, Observation::Reset, now).await
            }
            other => other,
        }
    }

    /// The breaker of one service; one that was never written is closed.
    pub async fn get(&self, service: &str) -> Result<BreakerRecord, TableError> {
        let read = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(CIRCUIT_BREAKER.key, AttributeValue::S(service.to_owned()))
            .consistent_read(true);
        let answer = read.send().await.map_err(|error| TableError::sdk("GetItem", error))?;
        match answer.item {
            Some(item) => from_attributes("GetItem", &item),
            None => Ok(BreakerRecord {
                service_name: service.to_owned(),
                version: 0,
                breaker: Breaker::default(),
            }),
        }
    }

    /// Every breaker that was ever written, by service: one for each server in use, so the whole table is read.
    pub async fn list(&self) -> Result<Vec<BreakerRecord>, TableError> {
        let mut pages = self
            .client
            .scan()
            .table_name(&self.table)
            .consistent_read(true)
            .into_paginator()
            .items()
            .send();
        let mut records = Vec::new();
        while let Some(item) = pages.next().await {
            records.push(from_attributes(
                "Scan",
                &item.map_err(|error| TableError::sdk("Scan", error))?,
            )?);
        }
        records.sort_by(|a: &BreakerRecord, b| a.service_name.cmp(&b.service_name));
        Ok(records)
    }

    /// Reads, decides and writes until nobody else wrote in between. `observe` makes the observation from the version
    /// that was read.
    pub(super) async fn apply(
        &self,
        service: &str,
        observe: impl Fn(u64) -> Observation + Send,
        now: Timestamp,
    ) -> Result<Applied, TableError> {
        for _ in 0..TRIES {
            let before = self.get(service).await?;
            let observation = observe(before.version);
            let step = transition(&before.breaker, observation, now, &self.thresholds);
            let applied = Applied {
                before,
                observation,
                now,
                step,
            };
            if applied.step.next.is_none() || self.write(&applied).await? {
                return Ok(applied);
            }
        }
        Err(TableError::new("PutItem", TableErrorKind::Contended))
    }

    /// Writes what the transition made of the breaker; `false` if it is no longer the one that was read.
    async fn write(&self, applied: &Applied) -> Result<bool, TableError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(to_attributes(&applied.after())?));
        let put = match applied.before.version {
            0 => put
                .condition_expression("attribute_not_exists(#key)")
                .expression_attribute_names("#key", CIRCUIT_BREAKER.key),
            version => put
                .condition_expression("#version = :read")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":read", AttributeValue::N(version.to_string())),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(PutItemError::is_conditional_check_failed_exception) =>
            {
                Ok(false)
            }
            Err(error) => Err(TableError::sdk("PutItem", error)),
        }
    }

    async fn delete(&self, service: &str) -> Result<(), TableError> {
        let key = AttributeValue::S(service.to_owned());
        let delete = self
            .client
            .delete_item()
            .table_name(&self.table)
            .key(CIRCUIT_BREAKER.key, key);
        delete
            .send()
            .await
            .map_err(|error| TableError::sdk("DeleteItem", error))?;
        Ok(())
    }
}

impl Applied {
    /// The breaker afterwards: one version later if it changed.
    pub(super) fn after(&self) -> BreakerRecord {
        let BreakerRecord {
            service_name,
            version,
            breaker,
        } = self.before.clone();
        match self.step.next.clone() {
            Some(next) => BreakerRecord {
                service_name,
                version: version + 1,
                breaker: next,
            },
            None => BreakerRecord {
                service_name,
                version,
                breaker,
            },
        }
    }
}

#[cfg(test)]
mod tests;
