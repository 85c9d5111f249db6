//! The Lambda function `deliver-message`.

use activity_runtime::Lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let lambda = Lambda::start().await?;
    let handler = deliver_message::on_aws(&lambda)?;
    Ok(lambda.run(handler).await?)
}
