/** The scripted room's answers over HTTP: what the SDK asks for beside its socket. Everything else is `not_found`. */
import { ERRORS, type ErrorCode } from "../../../schema/protocol/errors.ts";
import type { RoomListItem } from "../index.ts";
import type { ModelRoom } from "./model-room.ts";

export interface RoomRequest {
  readonly request: Request;
  /** Undefined: the token is nobody's. */
  readonly userId: number | undefined;
  /** What everything is answered with. */
  readonly refusal: "unauthorized" | "forbidden" | "not_found" | undefined;
  /** The person blocks somebody, or no longer. */
  readonly onBlock: (otherId: number, isBlocked: boolean) => void;
}

const STATUS = { unauthorized: 401, forbidden: 403, not_found: 404 } as const satisfies Partial<
  Record<ErrorCode, number>
>;

export async function answerRequest(
  model: ModelRoom,
  { request, userId, refusal, onBlock }: RoomRequest,
): Promise<Response> {
  if (userId === undefined) return problem("unauthorized");
  if (refusal !== undefined) return problem(refusal);
  const { method } = request;
  const { pathname, searchParams } = new URL(request.url);
  const path = `/v1/rooms/${model.room.id}`;
  if (method === "POST" && pathname === "/v1/media") {
    return Response.json(model.files.take(userId, await request.blob(), searchParams), { status: 201 });
  }
  const [, blocked] = /^\/v1\/me\/blocks\/(\d+)$/.exec(pathname) ?? [];
  if (blocked !== undefined && (method === "PUT" || method === "DELETE")) {
    onBlock(Number(blocked), method === "PUT");
    return new Response(null, { status: 204 });
  }
  if (method !== "GET") return problem("not_found");
  const file = model.files.at(pathname);
  if (file !== undefined) return new Response(file);
  if (pathname === "/v1/rooms") return Response.json({ items: [listItem(model, userId)], nextCursor: null });
  if (pathname === path) return Response.json({ ...model.room, participants: [...model.participants.values()] });
  if (pathname === `${path}/messages`) return Response.json(historyPage(model, searchParams));
  return problem("not_found");
}

function historyPage(model: ModelRoom, query: URLSearchParams) {
  const limit = Number(query.get("limit") ?? 50);
  const after = query.get("after");
  if (after !== null) {
    const rows = model.messages.filter(({ id }) => id > Number(after));
    const items = rows.slice(0, limit);
    return { items, nextCursor: rows.length > limit ? items.at(-1)?.id : null };
  }
  const before = query.get("before");
  const { messages, hasMore } = model.history(before === null ? undefined : Number(before), limit);
  return { items: messages, nextCursor: hasMore ? messages.at(-1)?.id : null };
}

function listItem({ room, messages, participants }: ModelRoom, userId: number): RoomListItem {
  const last = messages.at(-1);
  const lastReadMessageId = participants.get(userId)?.lastReadMessageId ?? 0;
  const isUnread = (row: { id: number; senderId: number }) => row.id > lastReadMessageId && row.senderId !== userId;
  return {
    ...room,
    lastMessageAt: last?.createdAt ?? null,
    lastMessage: last === undefined ? null : pickPreview(last),
    lastReadMessageId,
    unread: messages.filter(isUnread).length,
    participants: [...participants.values()]
      .filter((row) => row.userId !== userId && row.isActive)
      .map(({ userId: id, name, imageUrl }) => ({ userId: id, name, imageUrl })),
  };
}

function pickPreview({ id, senderId, messageType, content, isDeleted, createdAt }: ModelRoom["messages"][number]) {
  return { id, senderId, messageType, content, isDeleted, createdAt };
}

function problem(code: keyof typeof STATUS): Response {
  const body = { type: "about:blank", title: ERRORS[code].message, status: STATUS[code], code, requestId: "scripted" };
  return Response.json(body, { status: STATUS[code], headers: { "content-type": "application/problem+json" } });
}
