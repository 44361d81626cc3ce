/**
 * A call that goes through a relay alone: coturn, with credentials by the secret that the server shares with it. The relay
 * is away for a while, and the server is killed.
 */
import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { createSocket } from "node:dgram";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../../src/local/until.ts";
import {
  cleanUp,
  freePort,
  newStateFolder,
  type ServerOptions,
  type ServerProcess,
  startServer,
} from "../e2e/support/server.ts";
import {
  type CallBrowser,
  Caller,
  expectNoErrors,
  expectPackets,
  newMembers,
  openCallBrowser,
  planCall,
} from "./calls.ts";
import { soon } from "./support.ts";

const SECRET = "a secret of the relay and the server";
const TURNSERVER = process.env.TURNSERVER ?? "/usr/bin/turnserver";
const AWAY_MS = 10_000;
const BACK_MS = 30_000;

/** A relay of this machine for this machine. */
class Relay {
  readonly url: string;
  readonly #port: number;
  readonly #child: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), "studymate-relay-"));
  #output = "";

  constructor(port: number) {
    this.#port = port;
    this.url = `turn:127.0.0.1:${port}?transport=udp`;
    this.#child = spawn(
      TURNSERVER,
      [
        ...["-n", "--listening-ip=127.0.0.1", "--relay-ip=127.0.0.1", `--listening-port=${port}`, "--realm=studymate"],
        ...["--use-auth-secret", `--static-auth-secret=${SECRET}`, "--no-tls", "--no-dtls", "--no-cli"],
        ...[
          "--allow-loopback-peers",
          "--log-file=stdout",
          `--userdb=${this.#folder}/db`,
          `--pidfile=${this.#folder}/pid`,
        ],
      ],
      { cwd: this.#folder, stdio: ["ignore", "pipe", "pipe"] },
    );
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on("data", (chunk) => {
        this.#output += String(chunk);
      });
    }
  }

  async ready(): Promise<void> {
    if (!(await until(() => answersBinding(this.#port), { limitMs: 10_000 }))) {
      throw new Error(`The relay did not start:\n${this.#output}`);
    }
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  end(): void {
    this.#child.kill("SIGKILL");
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Whether somebody there answers the first question of STUN. */
function answersBinding(port: number): Promise<boolean> {
  const question = Buffer.concat([Buffer.from("000100002112a442", "hex"), randomBytes(12)]);
  const socket = createSocket("udp4");
  return new Promise<boolean>((resolve) => {
    const timer = setTimeout(() => resolve(false), 200);
    socket.once("message", () => {
      clearTimeout(timer);
      resolve(true);
    });
    socket.on("error", () => resolve(false));
    socket.send(question, port, "127.0.0.1");
  }).finally(() => socket.close());
}

let chromium: CallBrowser;
let relay: Relay;
let options: ServerOptions;
let server: ServerProcess;
let callers: readonly Caller[] = [];

beforeAll(async () => {
  relay = new Relay(await freePort());
  await relay.ready();
  const environment = { TURN_URLS: relay.url, TURN_SECRET: SECRET, STUN_URLS: "" };
  options = { stateFolder: newStateFolder(), port: await freePort(), environment };
  server = await startServer(options);
  const { baseUrl } = server;
  chromium = await openCallBrowser();
  const members = await newMembers(["Minji", "Emily"], baseUrl);
  const sessionId = await planCall({ members });
  callers = await Promise.all(
    members.map(async (member) => {
      const caller = await Caller.open(chromium.browser, member, sessionId, { locale: "en-US", baseUrl });
      await caller.page.getByRole("checkbox", { name: caller.say.lobby.relay }).check();
      await caller.page.locator(".button.join:enabled").waitFor();
      return caller;
    }),
  );
});
afterAll(async () => {
  await chromium?.close();
  relay?.end();
  await cleanUp();
});

const received = async (caller: Caller) => (await caller.legs())[0]?.audio.received ?? 0;

describe("A call through a relay alone", () => {
  it("is there, and nothing goes another way", async () => {
    for (const caller of callers) await caller.join();
    for (const caller of callers) await caller.sees(1);
    await expectPackets(callers);
    for (const caller of callers) expect((await caller.legs()).map(({ path }) => path)).toEqual(["relay"]);
  });

  it("goes on after the relay was away for ten seconds", { timeout: 90_000 }, async () => {
    const [one] = callers;
    if (one === undefined) throw new Error("Two were opened.");
    const stoppedAt = Date.now();
    relay.signal("SIGSTOP");
    await one.page.getByText(one.say.tile.interrupted).waitFor();
    const still = await received(one);
    await until(() => Date.now() - stoppedAt >= AWAY_MS, { limitMs: 2 * AWAY_MS });
    relay.signal("SIGCONT");
    const backAt = Date.now();
    await expect.poll(() => received(one), { timeout: BACK_MS }).toBeGreaterThan(still + 50);
    console.log(
      `The relay was away for ${backAt - stoppedAt} ms; one second of sound ${Date.now() - backAt} ms later.`,
    );
    await one.page.getByText(one.say.tile.interrupted).waitFor({ state: "detached", timeout: BACK_MS });
    await soon(async () => (await one.legs()).length).toBe(1);
    await expectPackets(callers);
    for (const caller of callers) expect((await caller.legs()).map(({ path }) => path)).toEqual(["relay"]);
    expectNoErrors(callers);
  });

  it("goes on while the server is killed, and is whole again once it is back", { timeout: 120_000 }, async () => {
    await server.killAll();
    for (const caller of callers) await caller.page.getByText(caller.say.reconnecting).waitFor();
    await expectPackets(callers);
    server = await startServer(options);
    for (const caller of callers) {
      const lost = caller.page.getByText(caller.say.reconnecting);
      await lost.waitFor({ state: "detached", timeout: BACK_MS });
      await caller.sees(1);
    }
    await expectPackets(callers);
    for (const caller of callers) await caller.page.locator(".talk-time").first().waitFor();
    expectNoErrors(callers);
  });
});
