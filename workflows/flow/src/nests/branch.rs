//! The branches of a Parallel, as a tuple.

use std::marker::PhantomData;

use expr::Shape;

use crate::tree::Body;

/// A branch of a Parallel that gives a `T`, made by [`Scope::branch`](crate::Scope::branch).
#[must_use = "a branch runs where `parallel` is given it"]
#[derive(Debug)]
pub struct Branch<'s, T: Shape> {
    pub(super) body: Body,
    pub(super) scope: PhantomData<fn(&'s T) -> &'s T>,
}

/// Two to four branches, as a tuple.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a tuple of two to four branches",
    note = "`w.parallel((w.branch(\"Left\", |w| …), w.branch(\"Right\", |w| …)), …)`"
)]
pub trait Branches<'s> {
    /// What they give together: a tuple.
    type Results: Shape;

    #[doc(hidden)]
    fn bodies(self) -> BranchBodies;
}

/// The branches of a Parallel, for the builder.
#[doc(hidden)]
#[derive(Debug)]
pub struct BranchBodies(pub(super) Vec<Body>);

macro_rules! branches {
    ($($type:ident at $at:tt),+) => {
        impl<'s, $($type: Shape),+> Branches<'s> for ($(Branch<'s, $type>,)+) {
            type Results = ($($type,)+);

            fn bodies(self) -> BranchBodies {
                BranchBodies(vec![$(self.$at.body),+])
            }
        }
    };
}
branches!(A at 0, B at 1);
branches!(A at 0, B at 1, C at 2);
branches!(A at 0, B at 1, C at 2, D at 3);
