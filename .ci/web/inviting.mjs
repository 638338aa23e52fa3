// A user invites somebody, who comes with the link. Somebody else comes too late.

import { API, PASSWORD, api, device, mail } from "./lib.mjs";

export async function inviting(page, browser) {
  await page.goto(`${API}/#/settings/invitations`);
  await page.getByText("You may invite 2 more people.").waitFor();
  await page.getByRole("button", { name: "Create invitation" }).click();
  await page.getByRole("heading", { name: "The invitation" }).waitFor();
  const link = await page.getByLabel("The invitation", { exact: true }).last().inputValue();
  await page.getByRole("button", { name: "Done" }).click();
  await page.getByText("0 of 1 used").waitFor();
  const guest = await device(browser);
  await guest.goto(link);
  await guest.getByRole("heading", { name: "You are invited" }).waitFor();
  await guest.getByLabel("Email address").fill("guest@example.com");
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Create account" }).click();
  await guest.getByRole("heading", { name: "Check your mail" }).waitFor();
  const token = /verify-email#token=([\w-]{43})/.exec(await mail("verify_email", "guest@example.com"))[1];
  await api("POST", "/auth/verify-email", { json: { token } });
  await page.reload();
  await page.getByText("1 of 1 used").waitFor();
  await page.getByRole("button", { name: "Revoke" }).click();
  await page.getByText("You may invite one more person.").waitFor();
  // The same page again does not load anything.
  await guest.goto(API);
  await guest.getByRole("heading", { name: "Log in" }).waitFor();
  await guest.goto(link);
  await guest.getByLabel("Email address").fill("late@example.com");
  await guest.getByLabel("Password").fill(PASSWORD);
  await guest.getByRole("button", { name: "Create account" }).click();
  await guest.getByText(/invitation is invalid/).waitFor();
  await guest.context().close();
}
