/**
 * Decides who may knock at an object. It gets a fresh request with nothing of the client's own in it: no URL, no header
 * that partyserver would believe, no token.
 */
import type { Context } from "hono";
import type { SocketIdentity } from "../../schema/rpc.ts";
import {
  ADMISSION_HEADERS,
  encodeIdentity,
  readSubprotocols,
  type SubprotocolOffer,
} from "../../schema/socket-admission.ts";
import { bearerToken, CHALLENGE, callerOf } from "./authentication.ts";
import type { HttpEnv } from "./context.ts";
import { isAllowedOrigin } from "./origins.ts";
import { refuseWith } from "./problems.ts";
import { isWithinRate, refuseRate } from "./rates.ts";

/** `open` may ask for the request several times: each can be sent once. */
export async function admitSocket(
  c: Context<HttpEnv>,
  open: (admission: () => Request, identity: SocketIdentity) => Promise<Response>,
): Promise<Response> {
  if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
    return refuseWith(c, "upgrade_required", { headers: { upgrade: "websocket", connection: "upgrade" } });
  }
  const origin = c.req.header("origin"); // what is not a browser sends none
  if (origin !== undefined && !isAllowedOrigin(origin, c.req.url, c.env)) {
    return refuseWith(c, "forbidden");
  }
  const offer = readSubprotocols(c.req.header("sec-websocket-protocol") ?? null);
  const authorization = c.req.header("authorization");
  const token = authorization === undefined ? offer.token : bearerToken(authorization);
  const identity = token === null ? null : await callerOf(c.env, token);
  if (identity === null) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
  if (!(await isWithinRate(c.env, "ADMISSIONS", `user:${identity.userId}`))) return refuseRate(c);
  return open(() => admissionRequest(identity, offer, c.var.requestId), identity);
}

function admissionRequest(identity: SocketIdentity, offer: SubprotocolOffer, requestId: string): Request {
  const headers = new Headers({
    upgrade: "websocket",
    [ADMISSION_HEADERS.identity]: encodeIdentity(identity),
    [ADMISSION_HEADERS.encoding]: offer.encoding,
    [ADMISSION_HEADERS.requestId]: requestId,
  });
  if (offer.echo !== null) headers.set(ADMISSION_HEADERS.subprotocol, offer.echo);
  return new Request("https://object/socket", { headers });
}
