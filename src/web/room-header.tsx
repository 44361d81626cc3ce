import type { RoomSnapshot } from "../client/index.ts";
import { Avatar } from "./avatar.tsx";
import { nameOfOpen } from "./room-name.ts";
import { text } from "./text.ts";
import { goToRoom } from "./use-location.ts";

export function RoomHeader({ snapshot }: { readonly snapshot: RoomSnapshot }) {
  const people = snapshot.participants.filter((person) => person.isActive);
  const online = people.filter((person) => person.online).length;
  return (
    <header class="bar room-header">
      <button type="button" class="back" aria-label={text.back} onClick={() => goToRoom(undefined)}>
        ←
      </button>
      <h2>{nameOfOpen(snapshot)}</h2>
      {people.length > 0 && (
        <details class="people">
          <summary>{text.people(people.length, online)}</summary>
          <ul>
            {people.map(({ userId, name, online: isOnline }) => (
              <li key={userId}>
                <Avatar name={name} id={userId} online={isOnline} /> {name}{" "}
                <small class="quiet">{isOnline ? text.online : text.offline}</small>
              </li>
            ))}
          </ul>
        </details>
      )}
    </header>
  );
}
