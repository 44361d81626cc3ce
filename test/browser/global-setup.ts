/** Starts the whole service with its demo for the browser tests, unless STUDYMATE_URL names one that runs. */
import { cleanUp, freePort, newStateFolder, startServer } from "../e2e/support/server.ts";

export default async function setup(): Promise<() => Promise<void>> {
  if (process.env.STUDYMATE_URL) return async () => {};
  const stateFolder = newStateFolder();
  const server = await startServer({
    stateFolder,
    port: await freePort(),
    // Long conversations are written faster than people may.
    environment: { SEED: "on", RATE_LIMITS: "off" },
  });
  process.env.STUDYMATE_URL = server.baseUrl;
  // Operators are made in the database alone.
  process.env.STUDYMATE_STATE_OF_TESTS = stateFolder;
  return cleanUp;
}
