import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { startWorkerd } from "./peers/workerd.ts";
import { fillForSearch } from "./search-fill.ts";
const folder = process.argv[2] ?? ""; const messages = Number(process.argv[3]);
const login = async (url: string) => (await fetch(new URL("/v1/auth/dev-login", url), { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ email: "search@bench.example" }) })).json() as Promise<any>;
if (!existsSync(folder)) { mkdirSync(folder); const e = await startWorkerd({ folder }); const { user } = await login(e.url); await e.stop();
 fillForSearch({ folder, rooms: 1000, messagesPerRoom: messages/1000, userId: user.id, usersRooms: Array.from({ length: Number(process.env.NR ?? 20) }, (_, index) => 1 + index * Math.floor(980 / Number(process.env.NR ?? 20))), until: Date.UTC(2026, 10, 1) }); }
const server = await startWorkerd({ folder });
const { accessToken } = await login(server.url);
for (const q of (process.argv[4] ?? "").split("|")) {
  const ts: number[] = []; let n: any;
  for (let i = 0; i < 15; i++) { const t = performance.now(); const r = await fetch(new URL(`/v1/search/messages?${q}`, server.url), { headers: { authorization: `Bearer ${accessToken}` } }); n = await r.json(); ts.push(performance.now() - t); }
  ts.sort((a, b) => a - b); console.log(decodeURIComponent(q).padEnd(30), "min", ts[0]?.toFixed(1), "p50", ts[7]?.toFixed(1), "max", ts[14]?.toFixed(1), n.items?.length, n.match, JSON.stringify(n).length, n.code);
}
await server.stop();
