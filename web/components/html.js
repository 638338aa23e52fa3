// Renders data into templates. Placeholders take text, nodes and lists of both. Only the template's
// source text becomes markup; values are never parsed.
//
//   html`<a href=${url} class="row ${kind}" ?hidden=${no} .value=${text} @click=${act}>${title}</a>`

const policy = globalThis.trustedTypes?.createPolicy("template", {
  createHTML: (/** @type {string} */ text) => text,
});

/** @type {WeakMap<TemplateStringsArray, HTMLTemplateElement>} */
const known = new WeakMap();

const HOLE = /\{\{(\d+)\}\}/;
/** The attribute that a text ends in. */
const ATTRIBUTE = /\s([^\s"=]+)=("[^"]*|[^\s"]*)$/;
/** Prefix of attributes with placeholders in the template: browsers complain about `d="{{0}}"`. */
const LATER = "later-";

/**
 * @param {TemplateStringsArray} strings
 * @param {...unknown} values
 * @returns {any} the element, or a fragment where there are several
 */
export function html(strings, ...values) {
  const template = known.get(strings) ?? parse(strings);
  known.set(strings, template);
  const root = document.importNode(template.content, true);
  fill(root, values);
  return root.childNodes.length === 1 ? root.firstChild : root;
}

/** @param {TemplateStringsArray} strings */
function parse(strings) {
  let text = strings[0];
  strings.slice(1).forEach((string, hole) => {
    const isInTag = text.lastIndexOf("<") > text.lastIndexOf(">");
    const renamed = (/** @type {string} */ all, /** @type {string} */ name, /** @type {string} */ value) =>
      name.startsWith(LATER) ? all : ` ${LATER}${name}=${value}`;
    text = isInTag ? `${text.replace(ATTRIBUTE, renamed)}{{${hole}}}` : `${text}<!--{{${hole}}}-->`;
    text += string;
  });
  const template = document.createElement("template");
  const markup = text.trim();
  template.innerHTML = /** @type {string} */ (policy ? policy.createHTML(markup) : markup);
  return template;
}

/** @param {DocumentFragment} root @param {unknown[]} values */
function fill(root, values) {
  const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_COMMENT);
  const nodes = [];
  while (walker.nextNode()) nodes.push(walker.currentNode);
  for (const node of nodes) {
    if (node instanceof Element) setAttributes(node, values);
    else put(/** @type {Comment} */ (node), values);
  }
}

/** @param {Comment} comment @param {unknown[]} values */
function put(comment, values) {
  const hole = HOLE.exec(comment.data);
  if (hole) comment.replaceWith(...nodes(values[Number(hole[1])]));
}

/** @param {unknown} value @returns {(Node | string)[]} */
export function nodes(value) {
  if (value === null || value === undefined || typeof value === "boolean") return [];
  if (value instanceof Node) return [value];
  if (typeof value === "string") return [value];
  if (typeof value === "object" && Symbol.iterator in value) return [.../** @type {any} */ (value)].flatMap(nodes);
  return [String(value)];
}

/** @param {Element} element @param {unknown[]} values */
function setAttributes(element, values) {
  for (const { name: given, value: text } of [...element.attributes]) {
    if (!given.startsWith(LATER)) continue;
    element.removeAttribute(given);
    const name = given.slice(LATER.length);
    const whole = /^\{\{(\d+)\}\}$/.exec(text);
    const value = whole
      ? values[Number(whole[1])]
      : text.replace(/\{\{(\d+)\}\}/g, (_, hole) => String(values[Number(hole)] ?? ""));
    if (name[0] === "@") element.addEventListener(name.slice(1), /** @type {EventListener} */ (value));
    else if (name[0] === "?") element.toggleAttribute(name.slice(1), Boolean(value));
    else if (name[0] === ".") Object.assign(element, { [name.slice(1)]: value });
    else if (value !== null && value !== undefined && value !== false) element.setAttribute(name, safe(name, String(value)));
  }
}

/** Refuses URLs that run scripts. @param {string} name @param {string} value */
function safe(name, value) {
  const isAddress = name === "href" || name === "src" || name === "action";
  return isAddress && /^\s*(javascript|data|vbscript):/i.test(value) ? "#" : value;
}
