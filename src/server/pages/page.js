"use strict";
// For both pages; the server puts the page's own script behind it.

const byId = (id) => document.getElementById(id);

// Browsers send the fragment to no server. The token leaves the address bar at once, so that no
// copied address and no bookmark has it.
const token = new URLSearchParams(location.hash.slice(1)).get("token");
history.replaceState(null, "", location.pathname + location.search);

// Another link opened in this tab changes only the fragment, which loads nothing by itself.
addEventListener("hashchange", () => location.reload());

function show(...ids) {
  for (const section of document.querySelectorAll("main > section")) {
    section.hidden = !ids.includes(section.id);
  }
}

// The same after an answer: the focused button is gone, so the new heading gets the focus.
function proceed(...ids) {
  show(...ids);
  const heading = byId(ids[0]).querySelector("h1");
  document.title = heading.textContent;
  heading.focus();
}

function say(text, className = "") {
  Object.assign(byId("status"), { textContent: text, className });
}

// The API's error, or `ok` with the response when it said yes. That may hold an access token: a
// page reads it only to show something of it.
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

// Makes a section's form send `body()`. `outcomes` has what to do when all went well (`ok`) and
// on certain error codes; every other error is shown, to try again.
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
    // A button loses the focus when disabled.
    if (document.activeElement === document.body) button.focus();

    const outcome = outcomes[result.code];
    if (outcome) {
      outcome(result.response);
    } else if (input && result.fields?.some(({ field }) => field === input.name)) {
      // The API calls a field by its name in JSON, people by its label.
      fault.textContent = result.error.replace(input.name, input.labels[0].textContent);
      input.setAttribute("aria-invalid", "true");
      input.focus();
    } else {
      say(result.error, "fault");
    }
  });
}
