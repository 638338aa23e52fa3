// Node.js imports files with their extension. There is no option for that on the command line.
export default {
  input: "openapi.json",
  output: { path: "source/generated", module: { extension: ".js" } },
  plugins: ["@hey-api/client-fetch"],
};
