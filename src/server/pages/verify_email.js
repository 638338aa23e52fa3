
// Opening the link confirms nothing, pressing the button does: mail scanners open links too.
onSubmit("confirm", "auth/verify-email", () => ({ token }), {
  ok: () => proceed("done"),
  invalid_token: () => proceed("expired", "another"),
});

// The answer is the same for every address, so that nobody learns who is registered.
onSubmit("another", "auth/resend-verification", () => ({ email: byId("email").value }), {
  ok: () => say("If an account waits for confirmation, a new mail is on its way."),
});

if (token) show("confirm");
else show("missing", "another");
