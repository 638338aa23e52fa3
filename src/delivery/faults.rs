//! Panics that tests trigger by a recipient's address, to check that the delivery survives bugs
//! (docs/RELIABILITY.md, F15). Release builds do not contain them, because debug assertions are
//! off.

/// Panics while a message is being sent.
pub fn panic_in_a_send(recipient: &str) {
    debug_assert!(!recipient.ends_with("@panic.invalid"), "a panic that a test asked for");
}

/// Panics in the actor itself, which ends it.
pub fn end_the_actor(recipient: &str) {
    debug_assert!(!recipient.ends_with("@death.invalid"), "a panic that a test asked for");
}
