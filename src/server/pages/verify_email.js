
// Only the button confirms the address. Opening the link does not, because mail scanners open links.
onSubmit("confirm", "auth/verify-email", () => ({ token }), {
  ok: () => proceed("done"),
  invalid_token: () => proceed("expired", "another"),
});

// The response is the same for every address, so that it does not reveal who is registered.
onSubmit("another", "auth/resend-verification", () => ({ email: byId("email").value }), {
  ok: () => say("If an account waits for confirmation, a new mail is on its way."),
});

if (token) show("confirm");
else show("missing", "another");
