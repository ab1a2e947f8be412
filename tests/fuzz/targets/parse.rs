//! `parse` of the checks, for the fuzzer.
#![no_main]

#[path = "../checks.rs"]
#[allow(dead_code, reason = "a target calls one of them")]
mod checks;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| checks::parse(bytes));
