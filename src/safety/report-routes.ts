/** `/v1/reports`: one person tells the operators of another, with what was said as it is now. */
import { type Context, Hono } from "hono";
import { roomObject } from "../../objects/chat-room/address.ts";
import { type CreateReportRequest, createReportRequest, type Evidence } from "../../schema/api/safety.ts";
import type { Message } from "../../schema/protocol/room/entities.ts";
import { ok } from "../../schema/result.ts";
import type { Answer } from "../../schema/rpc.ts";
import { activityStatement } from "../activity/store.ts";
import { authenticated } from "../http/authentication.ts";
import type { HttpEnv } from "../http/context.ts";
import { sha256 } from "../http/digest.ts";
import { storedKey, takesKey } from "../http/idempotency.ts";
import { body } from "../http/input.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { rarely } from "../http/rates.ts";
import { addReport, profileOf } from "./report-store.ts";
import { canonicalReport, frozen, missingMessages } from "./rules.ts";

const ROUTE = "POST /v1/reports";

export const reports = new Hono<HttpEnv>();
reports.use(authenticated);

reports.post("/", body(createReportRequest), takesKey, rarely("reports"), async (c) => {
  const request = c.req.valid("json");
  const { userId } = c.var.caller;
  if (request.reportedUserId === userId) return refuseField(c, "reportedUserId", "is oneself");
  const profile = await profileOf(c.env.DB, request.reportedUserId);
  if (profile === null) return refuseField(c, "reportedUserId", "there is no such user");
  const said = await messagesOf(c, request);
  if (!said.ok) return refuseWith(c, said.error);
  const missing = missingMessages(request.messageIds ?? [], said.value);
  if (missing.length > 0) return refuseWith(c, "invalid_frame", { errors: missing });
  const evidence: Evidence = { profile, roomId: request.roomId ?? null, messages: frozen(said.value) };
  const added = await addReport(
    c.env.DB,
    {
      ...{ reporterId: userId, request, evidence, now: Date.now() },
      key: storedKey(c, ROUTE) ?? `${userId}:${ROUTE}:${crypto.randomUUID()}`,
      bodyHash: await sha256(canonicalReport(request)),
    },
    [
      activityStatement(c.env.DB, {
        ...{ userId, activity: "user_reported", request: c.req.raw },
        details: { reportedUserId: request.reportedUserId },
      }),
    ],
  );
  return added.ok ? c.json(added.value.receipt, added.value.isNew ? 201 : 200) : refuseWith(c, added.error);
});

/** Refused where the caller is not in the room: nobody shows what they may not read. */
async function messagesOf(
  c: Context<HttpEnv>,
  { roomId, messageIds = [] }: CreateReportRequest,
): Promise<Answer<readonly Message[]>> {
  if (roomId === undefined) return ok([]);
  return roomObject(c.env, roomId).messages(c.var.caller.userId, [...new Set(messageIds)]);
}
