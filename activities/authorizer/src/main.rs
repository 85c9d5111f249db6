//! The Lambda function `authorizer`.

use activity_runtime::Lambda;

#[tokio::main(flavor = "current_thread")]
async fn main() -> anyhow::Result<()> {
    let lambda = Lambda::start().await?;
    let authorizer = authorizer::on_aws(&lambda)?;
    Ok(lambda.serve(|request| authorizer.answer(request)).await?)
}
