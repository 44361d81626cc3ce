/** `/v1/rooms*`: rooms, their participants and their history. The room's object decides; D1 is read beside it. */
import { type Context, Hono } from "hono";
import { z } from "zod";
import { roomFlushName, roomObject } from "../../objects/chat-room/address.ts";
import { messageDatabase } from "../../objects/chat-room/database.ts";
import { logError } from "../../objects/kernel/log.ts";
import {
  addParticipantsRequest,
  createRoomRequest,
  historyQuery,
  pageQuery,
  type RoomAnswer,
  updateParticipantRequest,
  updateRoomRequest,
} from "../../schema/api/rooms.ts";
import type { Answer, PageOverlay, PageRequest, RoomView } from "../../schema/rpc.ts";
import { authenticated, CHALLENGE } from "../http/authentication.ts";
import { readWithBookmark } from "../http/bookmark.ts";
import type { HttpEnv } from "../http/context.ts";
import { sha256 } from "../http/digest.ts";
import { takesKey } from "../http/idempotency.ts";
import { body, pathIds, query } from "../http/input.ts";
import { cutPage, decodeCursor, encodeCursor } from "../http/paging.ts";
import { refuseField, refuseWith } from "../http/problems.ts";
import { admitSocket } from "../http/sockets.ts";
import { blocksOf } from "../people/blocks.ts";
import { openRoomSocket, withRoom } from "./objects.ts";
import { listRooms } from "./room-list.ts";
import { canonicalBody, historyPage, isComplete, placeOf, planRoom, unknownParticipants } from "./rules.ts";
import { createRoom, findNewcomers, storedMessages } from "./store.ts";

/** Sockets apart: they are admitted by their own rules, and nothing may touch the 101. */
export const roomSockets = new Hono<HttpEnv>();
roomSockets.get("/:id/socket", pathIds("id"), (c) =>
  admitSocket(c, (admission) => openRoomSocket(c.env, c.req.valid("param").id, admission)),
);

export const rooms = new Hono<HttpEnv>();
rooms.use(authenticated);

rooms.post("/", body(createRoomRequest), takesKey, async (c) => {
  const { userId } = c.var.caller;
  const { participantIds } = c.req.valid("json");
  const plan = planRoom(userId, c.req.valid("json"));
  if (!plan.ok) return refuseField(c, plan.error.path, plan.error.message);

  const key = `${userId}:${c.var.idempotencyKey ?? crypto.randomUUID()}`;
  const created = await createRoom(c.env.DB, plan.value, { key, hash: await sha256(canonicalBody(plan.value)) });
  if (!created.ok) {
    if (created.error.code === "conflict") return refuseWith(c, "conflict");
    if (created.error.code === "blocked") return refuseWith(c, "forbidden");
    const { userIds } = created.error;
    if (userIds.includes(userId)) return refuseWith(c, "unauthorized", { headers: CHALLENGE });
    return refuseWith(c, "invalid_frame", { errors: unknownParticipants(participantIds, userIds) });
  }
  const { room, isNew } = created.value;
  if (isNew) await roomObject(c.env, room.id).create(room);
  const view = await withRoom(c.env, room.id, (object) => object.describe(userId));
  return view.ok ? c.json(roomBody(view.value), isNew ? 201 : 200) : refuseWith(c, view.error);
});

const listPosition = z.tuple([z.int(), z.int()]);

rooms.get("/", query(pageQuery), async (c) => {
  const { cursor, limit } = c.req.valid("query");
  const after = cursor === undefined ? null : decodeCursor(cursor, listPosition);
  if (cursor !== undefined && after === null) return refuseField(c, "cursor", "is not a cursor of this list");
  const found = await listRooms(c.env, c.var.caller.userId, { after, limit });
  const { items, last } = cutPage(found, limit);
  return c.json({
    items: items.map(({ item }) => item),
    nextCursor: last && encodeCursor([last.activity, last.item.id]),
  });
});

rooms.get("/:id", pathIds("id"), async (c) => {
  const { id } = c.req.valid("param");
  return answerRoom(c, await withRoom(c.env, id, (room) => room.describe(c.var.caller.userId)));
});

rooms.patch("/:id", pathIds("id"), body(updateRoomRequest), async (c) => {
  const { id } = c.req.valid("param");
  const { userId } = c.var.caller;
  const { name, description } = c.req.valid("json");
  const change = { ...(name !== undefined && { name }), ...(description !== undefined && { description }) };
  const updated = await withRoom(c.env, id, (room) => room.updateRoom(userId, change));
  return updated.ok ? answerRoom(c, await roomObject(c.env, id).describe(userId)) : refuseWith(c, updated.error);
});

rooms.post("/:id/participants", pathIds("id"), body(addParticipantsRequest), async (c) => {
  const { participantIds, userId } = c.req.valid("json");
  const asked = participantIds ?? (userId === undefined ? [] : [userId]);
  const newcomers = await findNewcomers(c.env.DB, [...new Set(asked)]);
  if (!newcomers.ok) {
    if (userId !== undefined) return refuseField(c, "userId", "there is no such user");
    return refuseWith(c, "invalid_frame", { errors: unknownParticipants(asked, newcomers.error) });
  }
  const callerId = c.var.caller.userId;
  const blocks = await blocksOf(c.env.DB, asked);
  if (blocks.some(({ userId, otherId }) => userId === callerId || otherId === callerId))
    return refuseWith(c, "forbidden");
  const added = await withRoom(c.env, c.req.valid("param").id, (room) =>
    room.addParticipants(callerId, newcomers.value, blocks),
  );
  if (!added.ok) return refuseWith(c, added.error);
  return c.json(userId === undefined ? { items: added.value, nextCursor: null } : added.value[0], 201);
});

rooms.patch("/:id/participants/:userId", pathIds("id", "userId"), body(updateParticipantRequest), async (c) => {
  const { id, userId } = c.req.valid("param");
  const { role } = c.req.valid("json");
  const updated = await withRoom(c.env, id, (room) => room.updateParticipant(c.var.caller.userId, userId, role));
  return updated.ok ? c.json(updated.value) : refuseWith(c, updated.error);
});

rooms.delete("/:id/participants/:userId", pathIds("id", "userId"), async (c) => {
  const { id, userId } = c.req.valid("param");
  const removed = await withRoom(c.env, id, (room) => room.removeParticipant(c.var.caller.userId, userId));
  return removed.ok ? c.body(null, 204) : refuseWith(c, removed.error);
});

/** The object first, D1 after it: in the other order, or both at once, a flush in between would hide rows. */
rooms.get("/:id/messages", pathIds("id"), query(historyQuery), async (c) => {
  const { id } = c.req.valid("param");
  const { before, after, around, limit } = c.req.valid("query");
  const request: PageRequest = {
    limit,
    ...(before !== undefined && { before }),
    ...(after !== undefined && { after }),
    ...(around !== undefined && { around: placeOf(around) }),
  };
  const overlay = await withRoom(c.env, id, (room) => room.page(c.var.caller.userId, request));
  if (!overlay.ok && overlay.error !== "unavailable") return refuseWith(c, overlay.error);
  const page = overlay.ok ? await pageFromD1(c, id, overlay.value, request) : null;
  if (page) return c.json(page);
  const whole = await roomObject(c.env, id).page(c.var.caller.userId, { ...request, whole: true });
  return whole.ok ? c.json(historyPage([], whole.value, request)) : refuseWith(c, whole.error);
});

/** Null where D1 is away, or lacks a row: the object has them all. */
async function pageFromD1(c: Context<HttpEnv>, roomId: number, overlay: PageOverlay, request: PageRequest) {
  const unflushed = historyPage([], overlay, request);
  // Nothing of D1 is needed, nor believed: an empty page, one too new, one whose flush is held.
  if (isComplete(unflushed, overlay)) return unflushed;
  try {
    const database = messageDatabase(c.env, roomId);
    const read = (session: D1DatabaseSession) => storedMessages(session, roomId, overlay);
    // A client's own bookmark may be older: it must not show what was deleted since.
    const stored = await readWithBookmark(c, { database, read, needed: overlay.bookmark });
    const page = historyPage(stored, overlay, request);
    return isComplete(page, overlay) ? page : null;
  } catch (error) {
    logError({ event: "history.d1-away", object: roomFlushName(roomId) }, error);
    return null;
  }
}

function answerRoom(c: Context<HttpEnv>, view: Answer<RoomView>): Response {
  return view.ok ? c.json(roomBody(view.value)) : refuseWith(c, view.error);
}

function roomBody({ room, participants }: RoomView): RoomAnswer {
  return { ...room, participants: [...participants] };
}
