// German, without the pages that are loaded when they are opened.

import files from "./files.js";
import general from "./general.js";
import log from "./log.js";
import offline from "./offline.js";
import settings from "./settings.js";
import sports from "./sports.js";

export default { ...files, ...general, ...log, ...offline, ...settings, ...sports };
