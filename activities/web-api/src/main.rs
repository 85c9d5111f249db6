//! The Lambda function `web-api`.

use activity_runtime::{Lambda, StartError};

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let lambda = Lambda::start().await?;
    let router = web_api::on_aws(&lambda.environment, &lambda.aws).await?;
    Ok(lambda_http::run(router).await.map_err(StartError::Runtime)?)
}
