//! The Lambda function `ask-for-acknowledgement`.

use activity_runtime::{Lambda, StartError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), StartError> {
    let lambda = Lambda::start().await?;
    let handler = ask_for_acknowledgement::on_aws(&lambda)?;
    lambda.run(handler).await
}
