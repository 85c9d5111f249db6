//! The Lambda function `record-outcome`.

use activity_runtime::{Lambda, StartError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let lambda = Lambda::start().await?;
    let handler = record_outcome::on_aws(&lambda)?;
    lambda.run(handler).await
}
