//! Ends of the execution.

use expr::{Is, Shape};

use crate::{Place, Scope, Then, names::pascal_case, tree::End};

impl<'s, 'outer: 's> Scope<'s, 'outer> {
    /// The execution ends with this error, for example `Message.DeadLettered`.
    #[track_caller]
    pub fn fail<T: Shape>(&self, error: &str) -> Then<'s, T> {
        let label = self.label(|| pascal_case(error), Place::here());
        Then::new(End::Fail {
            label,
            error: error.to_owned(),
            cause: None,
        })
    }

    /// The same, saying why.
    #[track_caller]
    pub fn fail_because<T: Shape>(&self, error: &str, cause: impl Is<'s, String>) -> Then<'s, T> {
        let label = self.label(|| pascal_case(error), Place::here());
        Then::new(End::Fail {
            label,
            error: error.to_owned(),
            cause: Some(cause.expr().settled()),
        })
    }

    /// The execution ends well before the main line does, with the workflow's output.
    #[track_caller]
    pub fn succeed<O: Shape, T: Shape>(&self, output: impl Is<'s, O>) -> Then<'s, T> {
        let place = Place::here();
        self.build.check_output::<O>(place);
        let label = self.label(|| "Succeed".to_owned(), place);
        Then::new(End::Succeed {
            label,
            output: output.expr().settled(),
        })
    }
}
