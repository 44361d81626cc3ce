/**
 * Reaches a session's object. A crash between the insert into D1 and `create()` leaves a row without an object: whoever
 * meets that repeats `create()` from D1 and asks again; the job `settle-sessions` looks for those whom nobody meets.
 */
import { logError } from "../../objects/kernel/log.ts";
import { sessionFlushName } from "../../objects/learning-session/address.ts";
import { type SessionObject, sessionObject } from "../../schema/addresses.ts";
import type { Answer } from "../../schema/rpc.ts";
import { findNewSession } from "./creation.ts";

export async function withSession<Value>(
  env: Env,
  sessionId: number,
  ask: (session: SessionObject) => Promise<Answer<Value>>,
): Promise<Answer<Value>> {
  const answer = await ask(sessionObject(env, sessionId));
  if (answer.ok || answer.error !== "not_found" || (await sessionObject(env, sessionId).exists())) return answer;
  return (await completeCreation(env, sessionId)) ? ask(sessionObject(env, sessionId)) : answer;
}

/** `admission` is made anew for each attempt: a request can be sent once. */
export async function openSessionSocket(env: Env, sessionId: number, admission: () => Request): Promise<Response> {
  const response = await sessionObject(env, sessionId).fetch(admission());
  if (response.status !== 404 || (await sessionObject(env, sessionId).exists())) return response;
  if (!(await completeCreation(env, sessionId))) return response;
  return sessionObject(env, sessionId).fetch(admission());
}

/** False where there is no such session, or its object is not one that was never made. */
export async function completeCreation(env: Env, sessionId: number): Promise<boolean> {
  const session = await findNewSession(env.DB, sessionId);
  if (session === null) return false;
  if (await wasFlushed(env.DB, sessionId)) {
    // Not a creation cut short: the object lost what D1 still has. A new one would count its changes from 1 again.
    logError({ event: "session.object-lost", object: sessionFlushName(sessionId) }, "restore its storage");
    return false;
  }
  await sessionObject(env, sessionId).create(session);
  return true;
}

/** True once the session's object has flushed anything: it existed. */
async function wasFlushed(database: D1Database, sessionId: number): Promise<boolean> {
  const row = await database
    .prepare("SELECT 1 FROM flush_positions WHERE object = ?")
    .bind(sessionFlushName(sessionId))
    .first();
  return row !== null;
}
