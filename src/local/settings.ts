/** What `npm start` takes from its environment, with the defaults of a demo on one's own machine. */
import { resolve } from "node:path";
import { Refusal } from "./refusal.ts";

export interface Settings {
  readonly port: number;
  readonly baseUrl: string;
  /** Databases, signing key, log: everything that survives a restart. */
  readonly stateFolder: string;
  readonly seed: boolean;
  /** Variables of the Worker that a start may set. */
  readonly worker: Readonly<Record<"DEV_LOGIN" | "RATE_LIMITS" | "VAPID_SUBJECT", string>>;
}

const DEFAULT_PORT = 8787;
/** Whom push services can turn to, where nobody is named. */
const NOBODY = "mailto:nobody@example.com";

export function readSettings(environment: NodeJS.ProcessEnv, projectFolder: string): Settings {
  const port = Number(environment.PORT ?? DEFAULT_PORT);
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new Refusal(`PORT must be a number from 1 to 65535, not "${environment.PORT}".`);
  }
  const devLogin = environment.DEV_LOGIN ?? "true";
  return {
    port,
    baseUrl: `http://localhost:${port}`,
    stateFolder: resolve(projectFolder, environment.STUDYMATE_STATE ?? ".studymate"),
    // The seed signs in as the demo's people.
    seed: environment.SEED !== "off" && devLogin === "true",
    worker: {
      DEV_LOGIN: devLogin,
      RATE_LIMITS: environment.RATE_LIMITS ?? "on",
      VAPID_SUBJECT: environment.VAPID_SUBJECT ?? NOBODY,
    },
  };
}
