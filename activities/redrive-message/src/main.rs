//! The Lambda function `redrive-message`.

use activity_runtime::{Lambda, StartError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let lambda = Lambda::start().await?;
    let handler = redrive_message::on_aws(&lambda)?;
    lambda.run(handler).await
}
