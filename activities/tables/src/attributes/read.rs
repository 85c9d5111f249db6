//! An item read by serde where it lies, without a copy in between.

use aws_sdk_dynamodb::types::AttributeValue;
use serde::de::value::{Error, MapAccessDeserializer, MapDeserializer, SeqDeserializer, StrDeserializer};
use serde::de::{Deserializer, Error as _, IntoDeserializer, Visitor};
use serde::forward_to_deserialize_any;

use super::Attributes;

/// An item, as a deserialiser of its struct.
pub(super) fn item(attributes: &Attributes) -> impl Deserializer<'_, Error = Error> {
    MapAccessDeserializer::new(fields(attributes))
}

/// The value of an attribute.
struct Attribute<'a>(&'a AttributeValue);

fn fields(attributes: &Attributes) -> MapDeserializer<'_, impl Iterator<Item = (&str, Attribute<'_>)>, Error> {
    let fields = attributes.iter().map(|(name, value)| (name.as_str(), Attribute(value)));
    MapDeserializer::new(fields)
}

impl<'de> Deserializer<'de> for Attribute<'de> {
    type Error = Error;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::Bool(value) => visitor.visit_bool(*value),
            AttributeValue::S(text) => visitor.visit_borrowed_str(text),
            AttributeValue::N(number) => visit_number(number, visitor),
            AttributeValue::L(list) => SeqDeserializer::new(list.iter().map(Attribute)).deserialize_any(visitor),
            AttributeValue::M(attributes) => visitor.visit_map(fields(attributes)),
            // Sets and binary values are nothing that this code writes.
            _ => visitor.visit_unit(),
        }
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::Null(_) => visitor.visit_none(),
            _ => visitor.visit_some(self),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(self, _name: &'static str, visitor: V) -> Result<V::Value, Error> {
        visitor.visit_newtype_struct(self)
    }

    /// A variant is its name, or its name with what it holds, as in JSON.
    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Error> {
        match self.0 {
            AttributeValue::S(text) => StrDeserializer::new(text).deserialize_enum(name, variants, visitor),
            AttributeValue::M(attributes) => {
                MapAccessDeserializer::new(fields(attributes)).deserialize_enum(name, variants, visitor)
            }
            _ => Err(Error::custom("neither a name nor a name with a value")),
        }
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl<'de> IntoDeserializer<'de> for Attribute<'de> {
    type Deserializer = Self;

    fn into_deserializer(self) -> Self {
        self
    }
}

/// DynamoDB writes numbers as text. Whole ones are told from others, as in JSON.
fn visit_number<'de, V: Visitor<'de>>(number: &str, visitor: V) -> Result<V::Value, Error> {
    if let Ok(number) = number.parse::<u64>() {
        visitor.visit_u64(number)
    } else if let Ok(number) = number.parse::<i64>() {
        visitor.visit_i64(number)
    } else {
        visitor.visit_f64(number.parse().map_err(|_| Error::custom("no number"))?)
    }
}
