//! Bugs that a test can ask for by the recipient, to see them survived (docs/RELIABILITY.md, F15).
//! A release build has none of them: its debug assertions are off.

/// A panic while a message is sent.
pub fn panic_in_a_send(recipient: &str) {
    debug_assert!(!recipient.ends_with("@panic.invalid"), "a panic that a test asked for");
}

/// A panic that ends the actor itself.
pub fn end_the_actor(recipient: &str) {
    debug_assert!(!recipient.ends_with("@death.invalid"), "a panic that a test asked for");
}
