/** The clock of the jobs on one machine, and what else of wrangler's answers there. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, describe, expect, it } from "vitest";
import { ringJobs } from "../../src/local/job-bell.ts";
import { queryD1 } from "./support/databases.ts";
import { cleanUp, freePort, newStateFolder, startServer } from "./support/server.ts";

afterAll(cleanUp);

describe("the bell", () => {
  it("rings on after a failure, which it logs, and ends with the signal", async () => {
    const rung: (string | undefined)[] = [];
    const lines: string[] = [];
    const stop = new AbortController();
    const server = createServer((request, response) => {
      rung.push(request.url);
      response.statusCode = rung.length === 1 ? 500 : 200;
      if (rung.length === 3) stop.abort();
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const { port } = server.address() as AddressInfo; // a TCP server's address is never a path
    const bell = { baseUrl: `http://127.0.0.1:${port}`, onLine: (line: string) => lines.push(line), everyMs: 5 };
    await ringJobs(bell, stop.signal);
    server.close();
    expect(rung).toEqual(Array.from({ length: 3 }, () => "/cdn-cgi/local/scheduled"));
    expect(lines).toEqual([expect.stringContaining("jobs.not-rung")]);
  });
});

describe("a server of npm start", () => {
  it("ticks when it is rung, and shows nobody its databases", async () => {
    const [stateFolder, port] = [newStateFolder(), await freePort()];
    const server = await startServer({ stateFolder, port });
    const stop = new AbortController();
    const lines: string[] = [];
    const bell = { baseUrl: server.baseUrl, onLine: (line: string) => lines.push(line), everyMs: 10 };
    const ringing = ringJobs(bell, stop.signal);
    const noted = () => queryD1(stateFolder, "SELECT name FROM jobs").map(({ name }) => name);
    await expect.poll(noted, { timeout: 20_000 }).toContain("archive-messages");
    stop.abort();
    await ringing;
    expect(lines).toEqual([]);

    for (const path of ["explorer", "explorer/api/d1/database", "observability/query"]) {
      expect((await fetch(`${server.baseUrl}/cdn-cgi/local/${path}`)).status).toBe(404);
    }
    expect(server.output).not.toContain("WARNING");
    expect(await server.stop()).toBe(0);
  });
});
