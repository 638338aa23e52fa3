
const password = byId("password");
const reveal = byId("reveal");

function reflect() {
  password.type = reveal.checked ? "text" : "password";
}
// Also at once: browsers restore the state of a box when a page is loaded again.
reveal.addEventListener("change", reflect);
reflect();

// Sent as a password in any case, or browsers would remember it as a text for other forms.
password.form.addEventListener("submit", () => {
  reveal.checked = false;
  reflect();
});

onSubmit("choose", "auth/reset-password", () => ({ token, new_password: password.value }), {
  ok: () => proceed("done"),
  invalid_token: () => proceed("expired", "another"),
});

// The answer is the same for every address, so that nobody learns who is registered.
onSubmit("another", "auth/forgot-password", () => ({ email: byId("email").value }), {
  ok: () => say("If there is an account with this address, a mail with a link is on its way."),
});

if (token) show("choose");
else show("missing", "another");
