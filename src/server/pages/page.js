"use strict";
// Common to both pages. The server appends the page's own script.

const byId = (id) => document.getElementById(id);

// Browsers do not send the fragment to any server. The token is removed from the address bar at
// once, so that it is not in copied addresses or bookmarks.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname + location.search);

// Opening another link in this tab changes only the fragment, which does not reload the page.
addEventListener("hashchange", () => location.reload());

function show(...ids) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = !ids.includes(section.id);
  }
}

// Shows sections after a response. The focused button is gone, so the new heading gets the focus.
function proceed(...ids) {
  show(...ids);
  const heading = byId(ids[0]).querySelector("h1");
  document.title = heading.textContent;
  heading.focus();
}

function say(text, className = "") {
  Object.assign(byId("status"), { textContent: text, className });
}

// Returns the API's error, or `ok` with the response. A response may contain an access token, so
// pages read only what they display.
async function post(path, body) {
  let response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(40_000),
    });
  } catch {
    return { error: "The server could not be reached. Try again soon." };
  }
  if (response.ok) return { code: "ok", response };
  // A proxy in front may not answer in JSON.
  const answer = await response.json().catch(() => null);
  return { error: `The server answered ${response.status}. Try again soon.`, ...answer };
}

// Makes a section's form send `body()`. `outcomes` has handlers for success (`ok`) and for some
// error codes. Other errors are shown, and the user can try again.
function onSubmit(sectionId, path, body, outcomes) {
  const form = byId(sectionId).querySelector("form");
  const button = form.querySelector("button");
  const input = form.querySelector("input");
  const fault = form.querySelector(".fault");

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    input?.removeAttribute("aria-invalid");
    fault?.replaceChildren();
    say("One moment…");
    button.disabled = true;
    const result = await post(path, body());
    button.disabled = false;
    say("");
    // A button loses the focus when it is disabled.
    if (document.activeElement === document.body) button.focus();

    const outcome = outcomes[result.code];
    if (outcome) {
      outcome(result.response);
    } else if (input && result.fields?.some(({ field }) => field === input.name)) {
      // The API's message has the field's JSON name. Show its label instead.
      fault.textContent = result.error.replace(input.name, input.labels[0].textContent);
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else {
      say(result.error, "fault");
    }
  });
}
