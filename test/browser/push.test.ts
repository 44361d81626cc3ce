import type { Browser, CDPSession, Worker } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { PushPayload } from "../../schema/push.ts";
import { type MadeRoom, makeRoom } from "./rooms.ts";
import { openBrowser, Person, sharedServer, soon } from "./support.ts";

const origin = sharedServer();

/** What the service worker does with what is pushed. The push itself comes from the browser's own tools. */
describe("A push", () => {
  let browser: Browser;
  let made: MadeRoom;
  let minji: Person;
  let tools: CDPSession;
  let worker: Worker;
  let registrationId = "";

  beforeAll(async () => {
    made = await makeRoom({ people: ["minji", "emily"], messages: 1, name: "알림이 여는 방" });
    for (const client of made.clients) client.close();
    browser = await openBrowser();
    minji = await Person.open(browser, "minji", { locale: "ko-KR" });
    await minji.context.grantPermissions(["notifications"], { origin });
    // One that only just claims its pages is not given what is pushed yet.
    await minji.page.waitForFunction(() => navigator.serviceWorker.controller?.state === "activated");
    worker = minji.context.serviceWorkers()[0] ?? expect.fail("there is no service worker");
    tools = await minji.context.newCDPSession(minji.page);
    const registered = new Promise<string>((resolve) => {
      tools.on("ServiceWorker.workerRegistrationUpdated", ({ registrations: [ours] }) => {
        if (ours) resolve(ours.registrationId);
      });
    });
    await tools.send("ServiceWorker.enable");
    registrationId = await registered;
  });
  afterAll(() => browser?.close());

  const deliver = (data: string) => tools.send("ServiceWorker.deliverPushMessage", { origin, registrationId, data });
  const push = (payload: Partial<PushPayload>) => deliver(JSON.stringify(payload));
  const shown = () =>
    minji.page.evaluate(async () => {
      const notifications = await (await navigator.serviceWorker.ready).getNotifications();
      return notifications.map(({ title, body, tag, data }) => ({ title, body, tag, data }));
    });
  const closeAll = () =>
    minji.page.evaluate(async () => {
      for (const one of await (await navigator.serviceWorker.ready).getNotifications()) one.close();
    });
  const payload = (id: number, message: string): PushPayload => {
    return { id, type: "MESSAGE", title: "Emily", message, data: { roomId: made.roomId } };
  };

  it("is shown with what it says", async () => {
    await push(payload(1, "안녕하세요!"));
    const data = { roomId: made.roomId };
    await soon(shown).toEqual([{ title: "Emily", body: "안녕하세요!", tag: "1", data }]);
  });

  it("that comes twice is shown once, as it was last", async () => {
    await push(payload(1, "안녕하세요!"));
    await push(payload(2, "another"));
    await push(payload(1, "둘째"));
    await soon(async () => (await shown()).map(({ tag, body }) => `${tag} ${body}`).sort()).toEqual([
      "1 둘째",
      "2 another",
    ]);
    await closeAll();
  });

  it.each([
    ["no JSON", "hello"],
    ["nothing", ""],
    ["null", "null"],
    ["something else", "{}"],
  ])("of %s is shown all the same", async (_, data) => {
    await deliver(data);
    await soon(async () => (await shown()).map(({ title }) => title)).toEqual(["StudyMate"]);
    await closeAll();
  });

  const windows = () =>
    worker.evaluate(async () => {
      const { clients } = globalThis as unknown as ServiceWorkerGlobalScope; // there it is one
      return (await clients.matchAll()).length;
    });

  /** A click, which only the desktop could make: what is done then, with what a click alone may do noted. */
  const click = (data: unknown) =>
    worker.evaluate(async (clicked) => {
      const scope = globalThis as unknown as ServiceWorkerGlobalScope; // there it is one
      const done: string[] = [];
      const { focus } = WindowClient.prototype;
      const { openWindow } = scope.clients;
      WindowClient.prototype.focus = async function (this: WindowClient) {
        done.push("focused");
        return this;
      };
      scope.clients.openWindow = async (url) => {
        done.push(`opened ${url}`);
        return null;
      };
      try {
        await scope.registration.showNotification("clicked", { data: clicked });
        const [notification] = await scope.registration.getNotifications();
        if (!notification) throw new Error("it is not shown");
        const event = new NotificationEvent("notificationclick", { notification });
        const work: Promise<unknown>[] = [];
        Object.defineProperty(event, "waitUntil", { value: (promise: Promise<unknown>) => work.push(promise) });
        scope.dispatchEvent(event);
        await Promise.all(work);
        done.push(`${(await scope.registration.getNotifications()).length} left`);
      } finally {
        WindowClient.prototype.focus = focus;
        scope.clients.openWindow = openWindow;
      }
      return done;
    }, data);

  it("that is clicked opens its room in the window that is there", async () => {
    const loads: string[] = [];
    minji.page.on("load", () => loads.push(minji.page.url()));
    expect(await click({ roomId: made.roomId })).toEqual(["focused", "0 left"]);
    await soon(() => minji.page.url()).toBe(`${origin}/?as=minji#${made.roomId}`);
    await minji.row("message 1").waitFor();
    expect(loads).toEqual([]);
  });

  it("that is clicked opens its learning session", async () => {
    expect(await click({ sessionId: 1, title: null })).toEqual(["focused", "0 left"]);
    await soon(() => minji.page.url()).toBe(`${origin}/?as=minji#sessions/1`);
  });

  it.each([[{}], [null], [{ roomId: "https://evil.example/" }], [{ roomId: -1 }], [{ sessionId: "1/call" }]])(
    "that leads nowhere (%j) only brings the window to the front",
    async (data) => {
      const before = minji.page.url();
      expect(await click(data)).toEqual(["focused", "0 left"]);
      expect(minji.page.url()).toBe(before);
    },
  );

  it("whose subscription the browser exchanged is told of to the pages", async () => {
    const told = minji.page.evaluate(
      () => new Promise((resolve) => navigator.serviceWorker.addEventListener("message", ({ data }) => resolve(data))),
    );
    await worker.evaluate(() => {
      const newSubscription = { toJSON: () => ({ endpoint: "https://push.example.org/new" }) };
      dispatchEvent(Object.assign(new ExtendableEvent("pushsubscriptionchange"), { newSubscription }));
    });
    const subscription = { endpoint: "https://push.example.org/new" };
    expect(await told).toEqual({ type: "push-subscription-changed", subscription });
  });

  it("that is clicked while no window is open opens one, at its room", async () => {
    await minji.page.goto("about:blank");
    await soon(windows).toBe(0);
    expect(await click({ roomId: made.roomId })).toEqual([`opened ${origin}/#${made.roomId}`, "0 left"]);
  });
});
