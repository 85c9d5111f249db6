//! The Lambda function `start-messages`.

use activity_runtime::Lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let lambda = Lambda::start().await?;
    let intake = start_messages::on_aws(&lambda)?;
    Ok(lambda.serve(|event| intake.start(event)).await?)
}
