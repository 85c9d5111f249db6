use super::*;

fn told(given: &Shape, wanted: &Shape) -> Vec<String> {
    let misfits = misfits(given, wanted);
    misfits
        .iter()
        .map(|misfit| format!("{}: {} {}", misfit.rule, misfit.path.join("."), misfit.message))
        .collect()
}

#[test]
fn each_misfit_is_told_with_its_path() {
    let wanted = Shape::object([("id", Shape::text()), ("note", Shape::text().or_missing())]);
    let given = Shape::object([("id", Shape::text().join(Shape::null())), ("nte", Shape::number())]);
    assert_eq!(
        told(&given, &wanted),
        [
            "maybe-wrong-kind: id may be null, and a text is wanted",
            "undeclared-field: nte is not declared",
        ]
    );
    assert_eq!(told(&Shape::Any, &wanted), [""; 0]);
}

#[test]
fn what_may_be_too_much_is_told() {
    let text = |longest| {
        Shape::from(Text {
            longest,
            ..Text::default()
        })
    };
    let list = |least, most| {
        Shape::from(List {
            least,
            most,
            ..List::of(Shape::text())
        })
    };
    let number = |most| Shape::from(crate::Number { most });
    let cases = [
        (
            text(Some(100)),
            text(None),
            text(Some(50)),
            "may be longer than 50 characters",
        ),
        (
            list(0, Some(9)),
            list(0, None),
            list(0, Some(3)),
            "may have more than 3 items",
        ),
        (
            list(0, Some(1)),
            list(1, None),
            list(2, None),
            "may have fewer than 2 items",
        ),
        (number(Some(9.0)), number(None), number(Some(3.0)), "may be more than 3"),
    ];
    for (too_much, unknown, wanted, message) in cases {
        let told = |misfits: Vec<Misfit>| misfits.into_iter().map(|misfit| misfit.message).collect::<Vec<_>>();
        assert_eq!(told(misfits(&too_much, &wanted)), [message]);
        assert_eq!(told(unfit(&too_much, &wanted)), [message]);
        assert_eq!(told(misfits(&unknown, &wanted)), [message]);
        assert_eq!(told(unfit(&unknown, &wanted)), [""; 0]);
        assert_eq!(told(misfits(&wanted, &wanted)), [""; 0]);
    }
}

#[test]
fn constants_are_held_to_what_is_known() {
    let wanted = Shape::constant("min").join(Shape::constant("max"));
    assert_eq!(told(&Shape::constant("min"), &wanted), [""; 0]);
    assert_eq!(
        told(&Shape::constant("mid"), &wanted),
        ["wrong-kind:  is `mid`, and one of `max`, `min` is wanted"]
    );
}

#[test]
fn of_several_objects_the_nearest_is_compared() {
    let cat = Shape::object([("kind", Shape::constant("cat")), ("lives", Shape::number())]);
    let dog = Shape::object([("kind", Shape::constant("dog"))]);
    assert_eq!(told(&dog, &cat.clone().join(dog.clone())), [""; 0]);
    assert_eq!(told(&Shape::object([("kind", Shape::constant("cat"))]), &cat).len(), 1);
}
