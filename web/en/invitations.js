// Messages of invitations, for people who invite and for people who come.

export default {
  "join.title": "You are invited",
  "join.text": "Create your account with this invitation.",
  "join.submit": "Create account",
  "join.tokenless": "This link is incomplete. Ask for it again.",
  "invite.text": "A person who has the link can create an account on this server.",
  "invite.left": { one: "You may invite one more person.", other: "You may invite {n} more people." },
  "invite.none-left": "You may not invite anybody else. Ask the operator of this server.",
  "invite.new": "New invitation",
  "invite.email": "Only for this address",
  "invite.uses": "For how many people",
  "invite.life": "Valid for",
  "invite.create": "Create invitation",
  "invite.made": "The invitation",
  "invite.made-text": "Send this link to the person. It will not be shown again.",
  "invite.anybody": "Anybody with the link",
  "invite.used": "{used} of {uses} used, valid until {day}",
  "invite.revoke": "Revoke",
  "invite.revoked": "The invitation no longer works.",
};
