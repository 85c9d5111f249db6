//! The table `circuit-breaker`: read, decide, write if nobody else did.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use jiff::Timestamp;

use super::item::{self, SERVICE_NAME, VERSION, number};
use super::{MalformedBreaker, Observation, Permit, Record, Step, Thresholds, transition};

/// How often a transition is tried when others write in between. Each loss means that another one succeeded.
const TRIES: usize = 32;

/// The circuit breakers, as all Lambdas share them.
#[derive(Clone, Debug)]
pub struct BreakerTable {
    client: Client,
    table: String,
    thresholds: Thresholds,
}

/// A breaker could not be read or written. Delivery goes on without it.
#[derive(Debug, thiserror::Error)]
pub enum BreakerError {
    /// DynamoDB did not do it.
    #[error("{operation} of the circuit breaker failed")]
    DynamoDb {
        /// The operation.
        operation: &'static str,
        /// What failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The item cannot be read.
    #[error(transparent)]
    Malformed(#[from] MalformedBreaker),
    /// Others always wrote first.
    #[error("the circuit breaker was written by others {TRIES} times in a row")]
    Contended,
}

/// A transition that took place: what was observed when, and what it made of the breaker.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Applied {
    pub(super) before: Record,
    pub(super) observation: Observation,
    pub(super) now: Timestamp,
    pub(super) step: Step,
}

impl BreakerTable {
    /// Over a table of this name, in the client's region.
    pub fn new(client: Client, table: impl Into<String>, thresholds: Thresholds) -> Self {
        Self {
            client,
            table: table.into(),
            thresholds,
        }
    }

    /// Whether `service` may be called, and how its breaker stands then. A closed breaker costs one read.
    pub async fn ask(&self, service: &str, now: Timestamp) -> Result<(Permit, Record), BreakerError> {
        let applied = self
            .apply(service, |version| Observation::Asked { ticket: version + 1 }, now)
            .await?;
        Ok((applied.step.permit, applied.after()))
    }

    /// Puts the outcome of a call to the breaker, and returns how it stands then. What leaves a breaker as it is
    /// (a success while it is closed) is not written.
    pub async fn report(&self, service: &str, outcome: Observation, now: Timestamp) -> Result<Record, BreakerError> {
        Ok(self.apply(service, |_| outcome, now).await?.after())
    }

    /// Closes a breaker by hand, even one whose item cannot be read.
    pub async fn reset(&self, service: &str, now: Timestamp) -> Result<Record, BreakerError> {
        match self.report(service, Observation::Reset, now).await {
            Err(BreakerError::Malformed(_)) => {
                self.delete(service).await?;
                self.report(service, Observation::Reset, now).await
            }
            other => other,
        }
    }

    /// The breaker of one service; one that was never written is closed.
    pub async fn get(&self, service: &str) -> Result<Record, BreakerError> {
        let read = self
            .client
            .get_item()
            .table_name(&self.table)
            .key(SERVICE_NAME, AttributeValue::S(service.to_owned()))
            .consistent_read(true);
        let answer = read.send().await.map_err(|error| failed("GetItem", error))?;
        match answer.item {
            Some(item) => Ok(item::read(&item)?),
            None => Ok(Record {
                service_name: service.to_owned(),
                version: 0,
                breaker: super::Breaker::default(),
            }),
        }
    }

    /// Every breaker that was ever written, by service: one for each server in use, so the whole table is read.
    pub async fn list(&self) -> Result<Vec<Record>, BreakerError> {
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
            records.push(item::read(&item.map_err(|error| failed("Scan", error))?)?);
        }
        records.sort_by(|a: &Record, b| a.service_name.cmp(&b.service_name));
        Ok(records)
    }

    /// Reads, decides and writes until nobody else wrote in between. `observe` makes the observation from the version
    /// that was read.
    pub(super) async fn apply(
        &self,
        service: &str,
        observe: impl Fn(u64) -> Observation + Send,
        now: Timestamp,
    ) -> Result<Applied, BreakerError> {
        // The item keeps milliseconds; what is decided and what is read back must be the same.
        let now = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
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
        Err(BreakerError::Contended)
    }

    /// Writes what the transition made of the breaker; `false` if it is no longer the one that was read.
    async fn write(&self, applied: &Applied) -> Result<bool, BreakerError> {
        let put = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item::write(&applied.after())));
        let put = match applied.before.version {
            0 => put
                .condition_expression("attribute_not_exists(#key)")
                .expression_attribute_names("#key", SERVICE_NAME),
            version => put
                .condition_expression("#version = :read")
                .expression_attribute_names("#version", VERSION)
                .expression_attribute_values(":read", number(version)),
        };
        match put.send().await {
            Ok(_) => Ok(true),
            Err(error)
                if error
                    .as_service_error()
                    .is_some_and(|e| e.is_conditional_check_failed_exception()) =>
            {
                Ok(false)
            }
            Err(error) => Err(failed("PutItem", error)),
        }
    }

    async fn delete(&self, service: &str) -> Result<(), BreakerError> {
        let key = AttributeValue::S(service.to_owned());
        let delete = self.client.delete_item().table_name(&self.table).key(SERVICE_NAME, key);
        delete.send().await.map_err(|error| failed("DeleteItem", error))?;
        Ok(())
    }
}

impl Applied {
    /// The breaker afterwards: one version later if it changed.
    pub(super) fn after(&self) -> Record {
        let Record {
            service_name,
            version,
            breaker,
        } = self.before.clone();
        match self.step.next.clone() {
            Some(next) => Record {
                service_name,
                version: version + 1,
                breaker: next,
            },
            None => Record {
                service_name,
                version,
                breaker,
            },
        }
    }
}

fn failed(operation: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> BreakerError {
    BreakerError::DynamoDb {
        operation,
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests;
