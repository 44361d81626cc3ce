/** Rooms that fail on purpose on their way from the Worker: the objects behind them stay real. */
import { env } from "cloudflare:workers";

/** An environment in which calls to the named rooms are never answered. */
export function withSilentRooms(isSilent: (roomId: number) => boolean): Env {
  const silent = new Proxy(env.CHAT_ROOM.getByName("silent"), { get: () => () => new Promise(() => {}) });
  const rooms = new Proxy(env.CHAT_ROOM, {
    get(namespace, property) {
      const value: unknown = Reflect.get(namespace, property);
      if (property !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
      return (name: string) => (isSilent(Number(name)) ? silent : namespace.getByName(name));
    },
  });
  return { ...env, CHAT_ROOM: rooms };
}

/** An environment in which calls to the named rooms fail before they arrive; `called` notes those that did. */
export function withFailingRooms(isFailing: (roomId: number) => boolean, called: number[] = []): Env {
  const rooms = new Proxy(env.CHAT_ROOM, {
    get(namespace, property) {
      const value: unknown = Reflect.get(namespace, property);
      if (property !== "getByName") return typeof value === "function" ? value.bind(namespace) : value;
      return (name: string) => {
        if (isFailing(Number(name))) throw new Error("Network connection lost.");
        called.push(Number(name));
        return namespace.getByName(name);
      };
    },
  });
  return { ...env, CHAT_ROOM: rooms };
}
