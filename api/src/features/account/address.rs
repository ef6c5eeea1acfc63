//! E-mail addresses as they are stored and compared.

use lettre::Address;

use crate::{
    error::{AppError, Code, Fault, Result},
    say,
};

/// The address as it is compared: without surrounding spaces, in lower case.
#[must_use]
pub fn tidy(email: &str) -> String {
    email.trim().to_lowercase()
}

/// The address as it is stored, if a mail can be sent to it.
///
/// # Errors
/// 400 when it is no address.
pub fn parse(email: &str) -> Result<String> {
    let email = tidy(email);
    // A quoted local part is an address by the book, but the mail's builder does not take it.
    if email.parse::<Address>().is_ok() && !email.contains(['"', ' ', '\\']) {
        return Ok(email);
    }
    Err(AppError::unfit(
        Code::InvalidBody,
        vec![Fault::at(
            "/email",
            "format",
            say!(
                "不是有效的邮箱地址，应形如 name@example.com。",
                "Not an address; it looks like name@example.com."
            ),
        )],
    ))
}

#[cfg(test)]
mod tests {
    use super::{parse, tidy};

    #[test]
    fn addresses_are_compared_without_case_and_surrounding_spaces() {
        assert_eq!(tidy("  Li.Na@Example.COM "), "li.na@example.com");
    }

    #[test]
    fn only_what_a_mail_can_be_sent_to_is_an_address() {
        assert!(parse("li.na@example.com").is_ok());
        for wrong in
            ["", "li.na", "@example.com", "li.na@", "li na@example.com", "a@b@c", "\"a b\"@example.com"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
