// Messages of use without a network.

export default {
  "sync.away": "Offline",
  "sync.first": { one: "{n} activity ready for offline use…", other: "{n} activities ready for offline use…" },
  "sync.waiting": { one: "{n} change not sent yet", other: "{n} changes not sent yet" },
  "sync.troubled": { one: "{n} change needs your decision", other: "{n} changes need your decision" },
  "sync.full": "This device has no room for your log. You can use it while the server can be reached.",
  "sync.forbidden": "This browser keeps nothing. You can use the log while the server can be reached.",
  "update.ready": "A new version is ready.",
  "update.take": "Reload",

  "waiting.title": "Unsent changes",
  "waiting.text": "These changes are kept on this device. They are sent when the server can be reached.",
  "waiting.none": "Everything has been sent.",
  "waiting.mark": "not sent yet",
  "waiting.is-new": "This activity is only on this device. It is sent when the server can be reached.",
  "waiting.is-edited": "Your changes are only on this device. They are sent when the server can be reached.",
  "waiting.new": "New",
  "waiting.edited": "Edited",
  "waiting.deleted": "Deleted",
  "waiting.disputed": "Another device has changed it in the meantime.",
  "waiting.decide": "Decide",
  "waiting.discard": "Discard",
  "waiting.discard-new": "The activity has not been sent and will be lost.",
  "waiting.discard-edited": "The activity stays as the server has it. Your changes will be lost.",
  "waiting.discard-deleted": "The activity stays in the log.",
  "waiting.lost": {
    one: "{n} change has not been sent yet. It is lost if you log out now.",
    other: "{n} changes have not been sent yet. They are lost if you log out now.",
  },

  "dispute.gone-title": "Changed on another device",
  "dispute.gone": "You deleted “{title}”. In the meantime, another device has changed it.",
  "dispute.keep": "Keep it",
  "dispute.lost-title": "Deleted on another device",
  "dispute.lost": "You edited “{title}”. In the meantime, another device has deleted it.",
  "dispute.again": "Log it again",
  "dispute.let-go": "Let it go",

  "shared.text": { one: "Another app has shared {n} file:", other: "Another app has shared {n} files:" },
};
