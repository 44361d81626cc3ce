// @vitest-environment happy-dom
/** The hooks, rendered for real by React and by Preact: what opens, what stays, what closes. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type ClientOptions, createClient, type RoomConnection, type StudyMateClient } from "../../src/client/index.ts";
import { connectMe, type Me } from "../../src/client/me/index.ts";
import type { UsedRoom } from "../../src/client/react/index.ts";
import { baseUrl, ModelServer, ownTime, pass, until } from "./support/devices.ts";
import { fakeSockets } from "./support/fake-socket.ts";

type Child = object | string | null;
type Component = (props: never) => Child;

/** What both libraries have, as far as these tests go. */
interface Library {
  readonly createElement: (type: Component | symbol | string, props: object | null, ...children: Child[]) => object;
  readonly StrictMode: symbol;
  readonly mount: (element: object) => { readonly render: (element: object) => void; readonly unmount: () => void };
}

const libraries: Record<string, () => Promise<Library>> = {
  React: async () => {
    const { createElement, StrictMode } = await import("react");
    const { createRoot } = await import("react-dom/client");
    const mount = (element: object) => {
      const root = createRoot(document.body);
      root.render(element as never);
      return { render: (next: object) => root.render(next as never), unmount: () => root.unmount() };
    };
    return { createElement, StrictMode, mount } as unknown as Library;
  },
  Preact: async () => {
    vi.doMock("react", () => import("preact/compat"));
    const { createElement, StrictMode, render } = await import("preact/compat");
    const mount = (element: object) => {
      render(element as never, document.body);
      const show = (next: object | null) => render(next as never, document.body);
      return { render: show, unmount: () => show(null) };
    };
    return { createElement, StrictMode, mount } as unknown as Library;
  },
};

interface ViewProps {
  readonly library: Library;
  readonly hooks: typeof import("../../src/client/react/index.ts");
  readonly client: StudyMateClient;
  readonly roomId: number;
  readonly onRender?: (used: UsedRoom) => void;
}

function RoomView({ library, hooks, client, roomId, onRender }: ViewProps): Child {
  const used = hooks.useRoom(client, roomId);
  onRender?.(used);
  const contents = used.snapshot.messages.map(({ content }) => content).join(" ");
  return library.createElement("p", null, `${used.snapshot.status.state}: ${contents}`);
}

function ListView({ library, hooks, client }: ViewProps): Child {
  const { rooms } = hooks.useRoomList(client);
  return library.createElement("ul", null, rooms === undefined ? "loading" : rooms.map((room) => room.name).join());
}

function MeView({ library, hooks, me }: Pick<ViewProps, "library" | "hooks"> & { readonly me: Me }): Child {
  const { status, unreadNotifications } = hooks.useMe(me);
  return library.createElement("p", null, `${status}: ${unreadNotifications}`);
}

describe.each(Object.keys(libraries))("With %s", (name) => {
  let library: Library;
  let hooks: typeof import("../../src/client/react/index.ts");
  let server: ModelServer;
  let wire: ReturnType<typeof fakeSockets>;
  let client: StudyMateClient;

  beforeEach(async () => {
    vi.resetModules();
    vi.doUnmock("react");
    library = (await libraries[name]?.()) as Library; // a key of its own
    hooks = await import("../../src/client/react/index.ts");
    document.body.innerHTML = "";
    ownTime();
    server = new ModelServer();
    wire = fakeSockets((socket) => server.connect(socket, "tab"));
    client = makeClient({});
  });

  afterEach(() => {
    client.close();
  });

  const makeClient = (options: Partial<ClientOptions>) =>
    createClient({
      baseUrl,
      token: () => "1",
      encoding: "json",
      WebSocket: wire.WebSocket,
      random: () => 0,
      fetch: () => Promise.resolve(Response.json({ items: [], nextCursor: null })),
      ...options,
    });

  /** Shows a room's messages, and hands out what the hook answered. */
  const view = (roomId: number, onRender?: (used: UsedRoom) => void) =>
    library.createElement(RoomView as Component, { library, hooks, client, roomId, onRender });
  const text = () => document.body.textContent;

  it("a room opens when its component mounts, shows what happens, and closes a moment after the last one", async () => {
    const page = library.mount(view(7));
    await until(() => text() === "live: ");
    server.tell(7, server.room(7).send(2, "안녕"));
    await until(() => text() === "live: 안녕");
    page.unmount();
    await pass(1_000);
    expect(server.openRooms()).toEqual([7]);
    await pass(2_000);
    expect(server.openRooms()).toEqual([]);
  });

  it("the room is there at the first render, and can be written to", async () => {
    const rooms: RoomConnection[] = [];
    library.mount(view(7, ({ room }) => rooms.push(room)));
    await until(() => rooms.length > 0);
    rooms[0]?.send("at once");
    await until(() => server.said(7).length === 1);
    expect(new Set(rooms).size).toBe(1);
  });

  it("a double mount of StrictMode does not reconnect", async () => {
    const page = library.mount(library.createElement(library.StrictMode, null, view(7)));
    await until(() => text() === "live: ");
    await pass(5_000);
    expect(wire.sockets).toHaveLength(1);
    expect(server.openRooms()).toEqual([7]);
    page.unmount();
    await pass(3_000);
    expect(server.openRooms()).toEqual([]);
  });

  it("another room takes the place of the first one, which closes", async () => {
    const page = library.mount(view(7));
    server.room(8).send(2, "eight");
    await until(() => text() === "live: ");
    page.render(view(8));
    await until(() => text() === "live: eight");
    await pass(3_000);
    expect(server.openRooms()).toEqual([8]);
    page.unmount();
  });

  it("two components share one connection", async () => {
    const both = library.createElement("div", null, view(7), view(7));
    const page = library.mount(both);
    await until(() => text() === "live: live: ");
    page.render(library.createElement("div", null, view(7)));
    await pass(3_000);
    expect(wire.sockets).toHaveLength(1);
    expect(text()).toBe("live: ");
    page.unmount();
  });

  it("a room that the application holds itself stays open", async () => {
    client.room(7);
    const page = library.mount(view(7));
    await until(() => text() === "live: ");
    page.unmount();
    await pass(5_000);
    expect(server.openRooms()).toEqual([7]);
  });

  it("a component that comes back after the room was closed has one that is open", async () => {
    const page = library.mount(view(7));
    await until(() => text() === "live: ");
    page.render(library.createElement("div", null));
    await pass(5_000);
    expect(server.openRooms()).toEqual([]);
    page.render(view(7));
    await until(() => text() === "live: ");
    page.unmount();
  });

  it("the list of rooms is loaded while it is shown", async () => {
    const item = { id: 7, name: "한국어", createdAt: "2026-11-01T00:00:00.000Z", participants: [] };
    const fetch = vi.fn(() => Promise.resolve(Response.json({ items: [item], nextCursor: null })));
    client.close();
    client = makeClient({ fetch });
    const page = library.mount(library.createElement(ListView as Component, { library, hooks, client }));
    await until(() => text() === "한국어");
    page.unmount();
    await pass(1);
    const asked = fetch.mock.calls.length;
    await pass(20_000);
    expect(fetch.mock.calls.length).toBe(asked);
  });

  it("one's own connection is shown as it is, and stays when nobody shows it", async () => {
    const own = fakeSockets();
    const others = makeClient({ WebSocket: own.WebSocket });
    const me = connectMe(others);
    const page = library.mount(library.createElement(MeView as Component, { library, hooks, me }));
    await until(() => text() === "null: 0" && own.sockets.length > 0);
    const serverTime = "2026-11-01T00:00:00.000Z";
    own.last.accept();
    own.last.serve({
      ...{ type: "welcome", protocol: 1, status: "busy", inbox: [], partners: [], unreadNotifications: 3 },
      serverTime,
    });
    await until(() => text() === "busy: 3");
    page.unmount();
    await pass(3_000);
    expect(own.last.isClosed).toBe(false);
    me.close();
    others.close();
  });
});
