/** `GET /v1/me/socket`: a person's own socket, for any number of devices. */
import { Hono } from "hono";
import { presenceObject } from "../../schema/addresses.ts";
import type { HttpEnv } from "../http/context.ts";
import { admitSocket } from "../http/sockets.ts";

/** Apart from the other routes: nothing may touch the 101. */
export const meSocket = new Hono<HttpEnv>();
meSocket.get("/socket", (c) =>
  admitSocket(c, (admission, { userId }) => presenceObject(c.env, userId).fetch(admission())),
);
