
// Only the button confirms the address. Opening the link does not, because mail scanners open links.
// With a web client on this server, confirming also logs in there.
const isAtHome = byId("log") !== null;
onSubmit("confirm", "auth/verify-email", () => ({ token, cookie: isAtHome }), {
  ok: () => {
    if (isAtHome) note("logged-in", "yes");
    proceed("done");
  },
  invalid_token: () => proceed("expired", "another"),
});

// The response is the same for every address, so that it does not reveal who is registered.
onSubmit("another", "auth/resend-verification", () => ({ email: byId("email").value }), {
  ok: () => say("If an account with this address is waiting for confirmation, a new mail is on its way."),
});

if (token) show("confirm");
else show("missing", "another");

// The client looks for it before it asks for the login; in private windows there is no place.
function note(key, value) {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Then one logs in.
  }
}
