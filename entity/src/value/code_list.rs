//! Codes with labels in both languages: what `/code-lists` shows, and the one macro that declares an
//! enum of them. A code is a lower-case English word; it is stored and sent as it stands here.

use serde::{Deserialize, Serialize};
use utoipa::{
    ToSchema,
    openapi::{
        RefOr,
        schema::{ObjectBuilder, Schema, Type},
    },
};

/// An enum whose values are codes of a list.
pub trait Coded: Sized + Copy + 'static {
    /// The name of the list, as in `/code-lists/{list}`.
    const LIST: &'static str;
    /// All values, in the order of the list.
    const ALL: &'static [Self];

    /// The code as it is stored and sent.
    fn code(self) -> &'static str;
    /// The Chinese label.
    fn label_zh(self) -> &'static str;
    /// The English label.
    fn label_en(self) -> &'static str;
}

/// A code with its labels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeItem {
    pub code: String,
    pub zh: String,
    pub en: String,
}

/// A list of codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CodeList {
    pub list: String,
    pub items: Vec<CodeItem>,
}

/// The list of an enum's codes.
#[must_use]
pub fn code_list<T: Coded>() -> CodeList {
    CodeList {
        list: T::LIST.to_owned(),
        items: T::ALL
            .iter()
            .map(|item| CodeItem {
                code: item.code().to_owned(),
                zh: item.label_zh().to_owned(),
                en: item.label_en().to_owned(),
            })
            .collect(),
    }
}

/// The schema of an enum's codes: a string, one of them.
#[must_use]
pub fn schema<T: Coded>() -> RefOr<Schema> {
    let codes: Vec<&'static str> = T::ALL.iter().map(|item| item.code()).collect();
    let words: Vec<String> = T::ALL
        .iter()
        .map(|item| format!("`{}` {} / {}", item.code(), item.label_zh(), item.label_en()))
        .collect();
    ObjectBuilder::new()
        .schema_type(Type::String)
        .enum_values(Some(codes))
        .description(Some(format!("Code list `{}`: {}", T::LIST, words.join("; "))))
        .into()
}

/// A text that is no code of its list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownCode {
    /// The list.
    pub list: &'static str,
    /// What was read.
    pub code: String,
}

impl std::fmt::Display for UnknownCode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "“{}” is no code of the list {}", self.code, self.list)
    }
}

impl std::error::Error for UnknownCode {}

/// Declares an enum of codes. For every value: the variant, its code, the Chinese and the English label.
///
/// The enum is sent and stored as its code, has an inline string schema listing the codes, can be a
/// column (text), and reads a stored text that is no code of the list as an error. A variant may carry
/// documentation of its own, which follows the label.
///
/// The column type is that of a plain string; the length belongs to the migration.
///
/// ```
/// techmart_entity::coded_enum! {
///     /// What a colour is.
///     pub enum Colour: "colour" {
///         Red = "red" ("红", "red"),
///         DarkBlue = "dark_blue" ("深蓝", "dark blue"),
///     }
/// }
/// assert_eq!(Colour::ALL.len(), 2);
/// assert_eq!("dark_blue".parse::<Colour>(), Ok(Colour::DarkBlue));
/// ```
#[macro_export]
macro_rules! coded_enum {
    ($(#[$doc:meta])* $vis:vis enum $name:ident: $list:literal {
        $($(#[$variant_doc:meta])* $variant:ident = $code:literal ($zh:literal, $en:literal)),+ $(,)?
    }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, ::serde::Serialize,
            ::serde::Deserialize, ::sea_orm::DeriveValueType,
        )]
        #[sea_orm(value_type = "String")]
        $vis enum $name {
            $(
                #[doc = $en]
                $(#[$variant_doc])*
                #[serde(rename = $code)]
                $variant,
            )+
        }

        impl $name {
            /// All values, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }

        impl $crate::value::code_list::Coded for $name {
            const LIST: &'static str = $list;
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn code(self) -> &'static str {
                match self { $(Self::$variant => $code),+ }
            }

            fn label_zh(self) -> &'static str {
                match self { $(Self::$variant => $zh),+ }
            }

            fn label_en(self) -> &'static str {
                match self { $(Self::$variant => $en),+ }
            }
        }

        // By hand: the derive does not see a `rename` that comes out of a macro.
        impl ::utoipa::PartialSchema for $name {
            fn schema() -> ::utoipa::openapi::RefOr<::utoipa::openapi::schema::Schema> {
                $crate::value::code_list::schema::<Self>()
            }
        }

        impl ::utoipa::ToSchema for $name {
            fn name() -> ::std::borrow::Cow<'static, str> {
                ::std::borrow::Cow::Borrowed(stringify!($name))
            }
        }

        // sea-orm asks this of every column of a primary key; codes are never numbers.
        impl ::sea_orm::TryFromU64 for $name {
            fn try_from_u64(_: u64) -> ::std::result::Result<Self, ::sea_orm::DbErr> {
                Err(::sea_orm::DbErr::ConvertFromU64(stringify!($name)))
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str($crate::value::code_list::Coded::code(*self))
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::value::code_list::UnknownCode;

            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $($code => Ok(Self::$variant),)+
                    _ => Err($crate::value::code_list::UnknownCode { list: $list, code: code.to_owned() }),
                }
            }
        }
    };
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may fail loudly")]
mod tests {
    use std::collections::HashSet;

    use sea_orm::{Value, sea_query::ValueType};
    use serde_json::json;
    use utoipa::PartialSchema;

    use super::{Coded, UnknownCode, code_list};

    coded_enum! {
        /// What a colour is.
        enum Colour: "colour" {
            Red = "red" ("红", "red"),
            /// Nearly black.
            DarkBlue = "dark_blue" ("深蓝", "dark blue"),
        }
    }

    #[test]
    fn a_code_is_sent_exactly_as_it_was_declared() {
        assert_eq!(serde_json::to_value(Colour::DarkBlue).unwrap(), json!("dark_blue"));
        assert_eq!(serde_json::from_value::<Colour>(json!("red")).unwrap(), Colour::Red);
        assert_eq!(Colour::ALL, [Colour::Red, Colour::DarkBlue]);
        assert_eq!(Colour::DarkBlue.to_string(), "dark_blue");
    }

    #[test]
    fn an_unknown_code_is_an_error_on_the_wire_and_in_a_text() {
        assert!(serde_json::from_value::<Colour>(json!("DarkBlue")).is_err());
        assert_eq!("Red".parse::<Colour>(), Err(UnknownCode { list: "colour", code: "Red".to_owned() }));
    }

    #[test]
    fn a_stored_value_comes_back_and_an_unknown_one_is_an_error() {
        let stored = Value::from(Colour::DarkBlue);
        assert_eq!(stored, Value::from("dark_blue"));
        assert_eq!(<Colour as ValueType>::try_from(stored).unwrap(), Colour::DarkBlue);
        assert!(<Colour as ValueType>::try_from(Value::from("ultramarine")).is_err());
        assert!(<Colour as ValueType>::try_from(Value::from(7)).is_err());
    }

    #[test]
    fn the_schema_is_a_string_with_the_codes() {
        let schema = serde_json::to_value(Colour::schema()).unwrap();
        assert_eq!(schema["type"], json!("string"));
        assert_eq!(schema["enum"], json!(["red", "dark_blue"]));
    }

    #[test]
    fn a_list_shows_every_code_with_both_labels_in_the_declared_order() {
        assert_eq!(
            serde_json::to_value(code_list::<Colour>()).unwrap(),
            json!({ "list": "colour", "items": [
                { "code": "red", "zh": "红", "en": "red" },
                { "code": "dark_blue", "zh": "深蓝", "en": "dark blue" },
            ] })
        );
    }

    fn well_formed<T: Coded>() {
        let list = code_list::<T>();
        let codes: HashSet<_> = list.items.iter().map(|item| &item.code).collect();
        assert_eq!(codes.len(), list.items.len(), "{} has a code twice", list.list);
        for item in &list.items {
            let is_letter_of_a_standard =
                item.code.len() == 1 && item.code.bytes().all(|b| b.is_ascii_uppercase());
            let plain = is_letter_of_a_standard
                || item.code.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
            assert!(plain && item.code.len() <= 40, "{} in {}", item.code, list.list);
            assert!(!item.zh.is_empty() && !item.en.is_empty(), "{} has no label", item.code);
        }
    }

    #[test]
    fn the_shared_lists_have_short_plain_codes_and_labels() {
        use crate::value::{cooperation, field, industry, ip, maturity, money};
        well_formed::<cooperation::CooperationMode>();
        well_formed::<cooperation::SaleMethod>();
        well_formed::<field::Field>();
        well_formed::<field::ZoneIndustry>();
        well_formed::<industry::IndustrySection>();
        well_formed::<ip::IpType>();
        well_formed::<maturity::TrlBasis>();
        well_formed::<money::PriceKind>();
    }
}
