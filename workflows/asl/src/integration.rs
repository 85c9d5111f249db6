//! The service integrations of `Task`.

/// A call that Step Functions makes itself, and the ways to wait for it.
pub(crate) struct Integration {
    pub(crate) service: &'static str,
    pub(crate) actions: &'static [&'static str],
    /// Whether `.sync` is offered.
    pub(crate) sync: bool,
    /// Whether `.waitForTaskToken` is offered.
    pub(crate) token: bool,
}

const fn plain(service: &'static str, actions: &'static [&'static str]) -> Integration {
    Integration {
        service,
        actions,
        sync: false,
        token: false,
    }
}

const fn job(service: &'static str, actions: &'static [&'static str]) -> Integration {
    Integration {
        service,
        actions,
        sync: true,
        token: false,
    }
}

const fn callback(service: &'static str, actions: &'static [&'static str]) -> Integration {
    Integration {
        service,
        actions,
        sync: false,
        token: true,
    }
}

const fn both(service: &'static str, actions: &'static [&'static str]) -> Integration {
    Integration {
        service,
        actions,
        sync: true,
        token: true,
    }
}

/// The optimized integrations.
///
/// Source: AWS developer guide, "Integrating optimized services with Step Functions".
pub(crate) const INTEGRATIONS: &[Integration] = &[
    callback("apigateway", &["invoke"]),
    job("athena", &["startQueryExecution"]),
    plain(
        "athena",
        &["stopQueryExecution", "getQueryExecution", "getQueryResults"],
    ),
    job("batch", &["submitJob"]),
    plain("bedrock", &["invokeModel"]),
    job("bedrock", &["createModelCustomizationJob"]),
    job("codebuild", &["startBuild", "startBuildBatch", "retryBuildBatch"]),
    plain(
        "codebuild",
        &[
            "stopBuild",
            "batchDeleteBuilds",
            "batchGetReports",
            "stopBuildBatch",
            "deleteBuildBatch",
        ],
    ),
    job("databrew", &["startJobRun"]),
    plain("dynamodb", &["getItem", "putItem", "deleteItem", "updateItem"]),
    both("ecs", &["runTask"]),
    job(
        "eks",
        &["createCluster", "deleteCluster", "createNodegroup", "deleteNodegroup"],
    ),
    job("eks", &["createFargateProfile", "deleteFargateProfile", "runJob"]),
    plain("eks", &["call"]),
    job("elasticmapreduce", &["createCluster", "terminateCluster", "addStep"]),
    plain("elasticmapreduce", &["cancelStep", "setClusterTerminationProtection"]),
    plain(
        "elasticmapreduce",
        &["modifyInstanceFleetByName", "modifyInstanceGroupByName"],
    ),
    plain("emr-containers", &["createVirtualCluster"]),
    job("emr-containers", &["deleteVirtualCluster", "startJobRun"]),
    job(
        "emr-serverless",
        &[
            "createApplication",
            "startApplication",
            "stopApplication",
            "deleteApplication",
        ],
    ),
    job("emr-serverless", &["startJobRun", "cancelJobRun"]),
    callback("events", &["putEvents"]),
    job("glue", &["startJobRun"]),
    plain("http", &["invoke"]),
    callback("lambda", &["invoke"]),
    job("mediaconvert", &["createJob"]),
    plain(
        "sagemaker",
        &[
            "createEndpoint",
            "createEndpointConfig",
            "createModel",
            "updateEndpoint",
        ],
    ),
    job(
        "sagemaker",
        &[
            "createHyperParameterTuningJob",
            "createLabelingJob",
            "createProcessingJob",
        ],
    ),
    job("sagemaker", &["createTrainingJob", "createTransformJob"]),
    callback("sns", &["publish"]),
    callback("sqs", &["sendMessage"]),
    both("states", &["startExecution"]),
];
