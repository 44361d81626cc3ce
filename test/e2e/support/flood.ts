/** Runs in a thread of its own, so that its work is not mistaken for the server's: sends frames as fast as it can. */
import { parentPort, workerData } from "node:worker_threads";
import { z } from "zod";
import { openSocket } from "./raw-socket.ts";

const { url, token, frames } = z.object({ url: z.string(), token: z.string(), frames: z.int() }).parse(workerData);

const { socket } = await openSocket(url, { token, encoding: "msgpack", keep: false });
for (let count = 0; count < frames; count += 1) {
  socket.send({ type: "message.send", clientId: `flood-${count}`, content: `${count}` });
}
parentPort?.postMessage(await socket.closed);
