//! The context object.
//!
//! Source: Step Functions developer guide, "Accessing execution data from the Context object in Step Functions".

use crate::shape::Shape;

/// `$states.context` of a machine with this input, in a state of this kind.
pub(crate) fn context(input: &Shape, has_token: bool, item: Option<&Shape>) -> Shape {
    let moment = || {
        Shape::from(crate::shape::Text {
            format: Some("date-time".to_owned()),
            longest: Some(35),
            ..Default::default()
        })
    };
    let name = || {
        Shape::from(crate::shape::Text {
            longest: Some(80),
            ..Default::default()
        })
    };
    let arn = || {
        Shape::from(crate::shape::Text {
            longest: Some(256),
            ..Default::default()
        })
    };
    let task = if has_token {
        Shape::object([("Token", Shape::text())])
    } else {
        Shape::missing()
    };
    let map = item.map_or_else(Shape::missing, |item| {
        let entry = Shape::object([
            ("Index", Shape::number()),
            ("Value", item.clone()),
            ("Key", Shape::text().or_missing()),
            ("Source", Shape::text().or_missing()),
        ]);
        Shape::object([("Item", entry)])
    });
    let execution = Shape::object([
        ("Id", arn()),
        ("Input", input.clone()),
        ("Name", name()),
        ("RoleArn", arn()),
        ("StartTime", moment()),
        ("RedriveCount", Shape::number()),
        ("RedriveTime", moment().or_missing()),
    ]);
    Shape::object([
        ("Execution", execution),
        ("StateMachine", Shape::object([("Id", arn()), ("Name", name())])),
        (
            "State",
            Shape::object([
                ("EnteredTime", moment()),
                ("Name", name()),
                ("RetryCount", Shape::number()),
            ]),
        ),
        ("Task", task),
        ("Map", map),
    ])
}
