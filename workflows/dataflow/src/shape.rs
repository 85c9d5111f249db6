//! What is known about a value before there is one.

use std::rc::Rc;

pub(crate) use crate::parts::{List, Number, Object, Text};

/// The values that an expression, a state or a schema may have.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// Nothing is known: any value, or none. Nothing is ever complained about it.
    Any,
    /// Exactly these. With no kind at all it is impossible: there is no such value.
    Known(Known),
}

/// The kinds of value that are possible. `missing` is JSONata's *undefined*: no value at all.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Known {
    /// There may be no value.
    pub missing: bool,
    /// It may be `null`.
    pub null: bool,
    /// It may be `true` or `false`.
    pub boolean: bool,
    /// It may be a number such as this.
    pub number: Option<Number>,
    /// It may be a text such as this.
    pub text: Option<Text>,
    /// It may be an array such as this.
    pub list: Option<List>,
    /// It may be one of these objects.
    pub objects: Vec<Object>,
}

impl Shape {
    /// No value at all.
    pub fn missing() -> Self {
        Self::Known(Known {
            missing: true,
            ..Known::default()
        })
    }

    /// No possibility is left.
    pub fn impossible() -> Self {
        Self::Known(Known::default())
    }

    /// `null`.
    pub fn null() -> Self {
        Self::Known(Known {
            null: true,
            ..Known::default()
        })
    }

    /// A boolean.
    pub fn boolean() -> Self {
        Self::Known(Known {
            boolean: true,
            ..Known::default()
        })
    }

    /// Any number.
    pub fn number() -> Self {
        Self::from(Number::default())
    }

    /// Any text.
    pub fn text() -> Self {
        Self::from(Text::default())
    }

    /// The text of a timestamp, RFC 3339.
    pub fn moment() -> Self {
        Self::from(Text {
            format: Some("date-time".to_owned()),
            ..Text::default()
        })
    }

    /// This text.
    pub fn constant(text: &str) -> Self {
        Self::from(Text {
            values: Some([text.to_owned()].into()),
            longest: Some(text.chars().count() as u64),
            ..Text::default()
        })
    }

    /// A text that is JSON of this shape.
    pub fn json(of: Shape) -> Self {
        Self::from(Text {
            json: Some(Box::new(of)),
            ..Text::default()
        })
    }

    /// An array of such items.
    pub fn list(items: Shape) -> Self {
        Self::from(List::of(items))
    }

    /// An object of these fields and no others.
    pub fn object<const N: usize>(fields: [(&str, Shape); N]) -> Self {
        let fields = fields.map(|(name, shape)| (name.to_owned(), shape));
        Self::from(Object {
            fields: Rc::new(fields.into()),
            open: false,
            most_bytes: None,
        })
    }

    /// The same, where objects may have other fields too.
    #[must_use]
    pub fn opened(mut self) -> Self {
        if let Self::Known(known) = &mut self {
            known.objects.iter_mut().for_each(|object| object.open = true);
        }
        self
    }

    /// The same, or no value.
    #[must_use]
    pub fn or_missing(self) -> Self {
        self.join(Self::missing())
    }

    /// The kinds, where anything is known.
    pub fn known(&self) -> Option<&Known> {
        match self {
            Self::Any => None,
            Self::Known(known) => Some(known),
        }
    }

    /// Whether no possibility is left.
    pub fn is_impossible(&self) -> bool {
        self.known().is_some_and(|known| *known == Known::default())
    }

    /// Whether there is certainly no value.
    pub fn is_missing(&self) -> bool {
        self.known().is_some_and(|known| known.missing && known.has_no_value())
    }

    /// Whether it is known that there may be no value.
    pub fn may_be_missing(&self) -> bool {
        self.known().is_some_and(|known| known.missing)
    }

    /// The same without the possibility that there is no value.
    #[must_use]
    pub fn present(mut self) -> Self {
        if let Self::Known(known) = &mut self {
            known.missing = false;
        }
        self
    }
}

impl Known {
    /// Whether no kind of value is possible, `missing` aside.
    pub fn has_no_value(&self) -> bool {
        let Self {
            missing: _,
            null,
            boolean,
            number,
            text,
            list,
            objects,
        } = self;
        !null && !boolean && number.is_none() && text.is_none() && list.is_none() && objects.is_empty()
    }
}
