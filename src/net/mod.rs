//! The network: requests for pictures, within limits and only where a person allowed them.
//!
//! Invariant: no request leaves without a policy that allows its site, its scheme and its resolved address.
