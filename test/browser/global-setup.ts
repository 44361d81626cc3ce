/** The server of the browser tests, with the demo in it; STUDYMATE_URL names one that runs already. */
import { cleanUp, freePort, newStateFolder, startServer } from "../e2e/support/server.ts";

export default async function setup(): Promise<(() => Promise<void>) | undefined> {
  if (process.env.STUDYMATE_URL !== undefined) return undefined;
  const environment = { SEED: "on" };
  const server = await startServer({ stateFolder: newStateFolder(), port: await freePort(), environment });
  // The workers of the tests are started after this, with this environment.
  process.env.STUDYMATE_URL = server.baseUrl;
  return cleanUp;
}
