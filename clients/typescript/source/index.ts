/** All operations and types of the API, and the client that they use unless they are given another. */
export { client } from "./generated/client.gen.js";
export { createClient, createConfig } from "./generated/client/index.js";
export * from "./generated/index.js";
