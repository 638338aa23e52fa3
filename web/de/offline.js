// Messages of use without a network.

export default {
  "sync.away": "Offline",
  "sync.first": { one: "{n} Aktivität offline verfügbar …", other: "{n} Aktivitäten offline verfügbar …" },
  "sync.waiting": { one: "{n} Änderung noch nicht gesendet", other: "{n} Änderungen noch nicht gesendet" },
  "sync.troubled": { one: "{n} Änderung braucht deine Entscheidung", other: "{n} Änderungen brauchen deine Entscheidung" },
  "sync.full": "Auf diesem Gerät ist kein Platz für dein Tagebuch. Du kannst es benutzen, solange der Server erreichbar ist.",
  "sync.forbidden": "Dieser Browser behält nichts. Du kannst das Tagebuch benutzen, solange der Server erreichbar ist.",
  "update.ready": "Eine neue Version ist bereit.",
  "update.take": "Neu laden",

  "waiting.title": "Nicht gesendete Änderungen",
  "waiting.text": "Diese Änderungen sind auf diesem Gerät gespeichert. Sie werden gesendet, sobald der Server erreichbar ist.",
  "waiting.none": "Alles ist gesendet.",
  "waiting.mark": "noch nicht gesendet",
  "waiting.is-new": "Diese Aktivität ist nur auf diesem Gerät. Sie wird gesendet, sobald der Server erreichbar ist.",
  "waiting.is-edited": "Deine Änderungen sind nur auf diesem Gerät. Sie werden gesendet, sobald der Server erreichbar ist.",
  "waiting.new": "Neu",
  "waiting.edited": "Bearbeitet",
  "waiting.deleted": "Gelöscht",
  "waiting.disputed": "Ein anderes Gerät hat sie inzwischen geändert.",
  "waiting.decide": "Entscheiden",
  "waiting.discard": "Verwerfen",
  "waiting.discard-new": "Die Aktivität ist nicht gesendet und geht verloren.",
  "waiting.discard-edited": "Die Aktivität bleibt, wie der Server sie hat. Deine Änderungen gehen verloren.",
  "waiting.discard-deleted": "Die Aktivität bleibt im Tagebuch.",
  "waiting.lost": {
    one: "{n} Änderung ist noch nicht gesendet. Sie geht verloren, wenn du dich jetzt abmeldest.",
    other: "{n} Änderungen sind noch nicht gesendet. Sie gehen verloren, wenn du dich jetzt abmeldest.",
  },

  "dispute.gone-title": "Auf einem anderen Gerät geändert",
  "dispute.gone": "Du hast „{title}“ gelöscht. Inzwischen hat ein anderes Gerät sie geändert.",
  "dispute.keep": "Behalten",
  "dispute.lost-title": "Auf einem anderen Gerät gelöscht",
  "dispute.lost": "Du hast „{title}“ bearbeitet. Inzwischen hat ein anderes Gerät sie gelöscht.",
  "dispute.again": "Neu eintragen",
  "dispute.let-go": "Nicht behalten",

  "shared.text": { one: "Eine andere App hat {n} Datei geteilt:", other: "Eine andere App hat {n} Dateien geteilt:" },
};
