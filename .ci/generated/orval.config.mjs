// The base URL cannot be given on the command line.
export default {
  sportsLog: {
    input: "openapi.json",
    output: { target: "generated.ts", client: "fetch", baseUrl: process.env.SPORTS_LOG_API },
  },
};
