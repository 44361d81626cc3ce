/** One's picture: what may be one, what becomes of the one before, and who hears of it. */
import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { avatarStatements } from "../../src/stored-media/avatars.ts";
import { call, enter, groupOf, pathsOf, type SignedIn, signInMany } from "../support/http.ts";
import { fetchMedia, uploaded } from "../support/media.ts";
import { JPEG, PNG } from "../support/pictures.ts";

let minji: SignedIn;
let daniel: SignedIn;

beforeEach(async () => {
  [minji, daniel] = await signInMany("Minji", "Daniel");
});

const put = (caller: SignedIn, key: unknown) => call("PUT", "/v1/me/avatar", { token: caller.token, body: { key } });
const pictureOf = ({ user }: SignedIn) =>
  env.DB.prepare("SELECT profile_image_url AS url FROM users WHERE id = ?").bind(user.id).first<string>("url");
const avatarOf = (caller: SignedIn, bytes = PNG) => uploaded(caller, bytes, { purpose: "avatar" });

test("a picture is shown, open rooms hear of it, and others get it", async () => {
  const room = await groupOf([minji, daniel]);
  const his = await enter(room.id, daniel);
  const { key, url } = await avatarOf(minji);
  const response = await put(minji, key);
  expect([response.status, await response.json()]).toEqual([200, { profileImageUrl: url }]);
  expect(await pictureOf(minji)).toBe(url);
  const { participant } = await his.waitFor("participant.updated");
  expect(participant).toMatchObject({ userId: minji.user.id, imageUrl: url });
  expect((await fetchMedia(daniel, key)).status).toBe(200);
  his.close();
});

test("the picture of before is gone, as the last one is for none", async () => {
  const [first, second] = [await avatarOf(minji), await avatarOf(minji, JPEG)];
  for (const { key } of [first, first, second]) expect((await put(minji, key)).status).toBe(200);
  expect(await pictureOf(minji)).toBe(second.url);
  expect((await fetchMedia(daniel, first.key)).status).toBe(404);
  expect((await fetchMedia(daniel, second.key)).status).toBe(200);
  expect((await put(minji, first.key)).status).toBe(400);
  expect(await pictureOf(minji)).toBe(second.url);
  expect(await (await put(minji, null)).json()).toEqual({ profileImageUrl: null });
  expect((await fetchMedia(daniel, second.key)).status).toBe(404);
});

test("what is not one's own avatar is none", async () => {
  const { id: roomId } = await groupOf([minji, daniel]);
  const foreign = await avatarOf(daniel);
  const ofRoom = await uploaded(minji, PNG, { roomId });
  const old = await avatarOf(minji);
  await env.DB.prepare("UPDATE media_files SET created_at = created_at - 90000000 WHERE key = ?").bind(old.key).run();
  for (const key of [foreign.key, ofRoom.key, old.key, old.url, "avatar/1/nothing", "", 1, {}, undefined]) {
    const response = await put(minji, key);
    expect(response.status).toBe(400);
    expect(await pathsOf(response)).toEqual(["key"]);
  }
  expect(await pictureOf(minji)).toBeNull();
});

test("nobody, and who was deactivated, has none: 401", async () => {
  const { key } = await avatarOf(minji);
  expect((await call("PUT", "/v1/me/avatar", { body: { key } })).status).toBe(401);
  await env.DB.prepare("UPDATE users SET is_active = 0 WHERE id = ?").bind(minji.user.id).run();
  expect((await put(minji, key)).status).toBe(401);
  expect(await pictureOf(minji)).toBeNull();
});

test("a picture that another took the place of meanwhile is not shown, and takes nothing away", async () => {
  const [first, second] = [await avatarOf(minji), await avatarOf(minji, JPEG)];
  await put(minji, first.key);
  // Two at once: the first was found to be hers, and only then the second took its place.
  const late = avatarStatements(env.DB, minji.user.id, first.key);
  await put(minji, second.key);
  await env.DB.batch(late);
  expect(await pictureOf(minji)).toBe(second.url);
  expect((await fetchMedia(daniel, second.key)).status).toBe(200);
});
