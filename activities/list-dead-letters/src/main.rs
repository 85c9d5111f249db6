//! The Lambda function `list-dead-letters`.

use activity_runtime::{Lambda, StartError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let lambda = Lambda::start().await?;
    let handler = list_dead_letters::on_aws(&lambda)?;
    lambda.run(handler).await
}
