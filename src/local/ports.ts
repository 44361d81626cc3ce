import { createServer } from "node:net";
import { Refusal } from "./refusal.ts";

/** Both addresses of `localhost`: a browser may use either, so a stranger on one of them is in the way. */
const LOOPBACK = ["127.0.0.1", "::1"] as const;

export async function refuseTakenPort(port: number): Promise<void> {
  for (const host of LOOPBACK) {
    const problem = await listenProblem(port, host);
    if (problem === "EADDRINUSE") {
      throw new Refusal(`Port ${port} is taken by another program. Use another one: PORT=${port + 1} npm start`);
    }
    if (problem === "EACCES") throw new Refusal(`Port ${port} is not open to ordinary users. Use one from 1024 up.`);
  }
}

/** Null if the address can be listened on. */
function listenProblem(port: number, host: string): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(null)));
  });
}
