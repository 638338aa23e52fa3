
const password = byId("password");
const reveal = byId("reveal");

function reflect() {
  password.type = reveal.checked ? "text" : "password";
}
// Also now: browsers restore the state of a checkbox when a page is reloaded.
reveal.addEventListener("change", reflect);
reflect();

// Submit the field as a password, or browsers would suggest its value in other text fields.
password.form.addEventListener("submit", () => {
  reveal.checked = false;
  reflect();
});

const kinds = {
  shares: "shared pictures",
  webhooks: "webhooks",
  connections: "connections to Garmin",
  providers: "linked providers",
  phone: "phone numbers",
};

// Shows the grants that are left, which may belong to somebody else.
function tell({ still_open }) {
  const left = Object.keys(kinds).filter((kind) => still_open[kind] > 0);
  if (left.length === 0) return;
  const list = left.map((kind) => `${kinds[kind]} (${still_open[kind]})`).join(", ");
  byId("left").textContent = `Still open: ${list}. Check that all of it is yours.`;
  byId("left").hidden = false;
}

function choice() {
  const checked = password.form.querySelectorAll("input[name=end]:checked");
  return { token, new_password: password.value, end: Array.from(checked, (box) => box.value) };
}

onSubmit("choose", "auth/reset-password", choice, {
  ok: async (response) => {
    tell(await response.json());
    proceed("done");
  },
  invalid_token: () => proceed("expired", "another"),
});

// The response is the same for every address, so that it does not reveal who is registered.
onSubmit("another", "auth/forgot-password", () => ({ email: byId("email").value }), {
  ok: () => say("If there is an account with this address, a mail with a link is on its way."),
});

if (token) show("choose");
else show("missing", "another");
