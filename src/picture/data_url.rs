//! Pictures inside a `data:` address.
//!
//! Invariant: the decoded bytes are never more than the address's own.

use base64::Engine as _;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

use super::PictureError;

/// Padding may be there or not; both occur.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The bytes that a `data:` address holds.
///
/// # Errors
/// When it is not a `data:` address with a comma, or its Base64 is damaged.
pub fn bytes(address: &str) -> Result<Vec<u8>, PictureError> {
    let damaged = |what: &str| PictureError::Damaged(format!("the data: address {what}"));
    let rest = address.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:")).and(address.get(5..));
    let (kind, data) = rest.and_then(|rest| rest.split_once(',')).ok_or_else(|| damaged("has no comma"))?;
    let unescaped: Vec<u8> = percent_encoding::percent_decode_str(data).collect();
    let is_base64 = kind.rsplit(';').next().is_some_and(|last| last.trim().eq_ignore_ascii_case("base64"));
    if !is_base64 {
        return Ok(unescaped);
    }
    let packed: Vec<u8> = unescaped.into_iter().filter(|byte| !byte.is_ascii_whitespace()).collect();
    BASE64.decode(packed).map_err(|error| damaged(&format!("holds damaged Base64: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_and_plain_data_are_read() {
        for (address, expected) in [
            ("data:image/png;base64,iVBORw==", &b"\x89PNG"[..]),
            ("data:image/png;base64,iVBORw", b"\x89PNG"),
            ("DATA:image/png;charset=x;Base64, iVBO Rw==\n", b"\x89PNG"),
            ("data:image/svg+xml,%3Csvg/%3E", b"<svg/>"),
            ("data:,a%2Cb", b"a,b"),
        ] {
            assert_eq!(bytes(address).unwrap(), expected, "{address}");
        }
        for address in ["data:image/png;base64", "data", "http://x/,y", "data:;base64,*"] {
            assert!(bytes(address).is_err(), "{address}");
        }
    }
}
