import { LogOut } from "lucide-react";
import { useState } from "react";
import type { Participant, RoomSnapshot } from "../../client/index.ts";
import type { MeSnapshot, PresenceStatus } from "../../client/me/index.ts";
import { useMe } from "../../client/react/index.ts";
import type { ConcernAbout } from "../conversation/message-handlers.ts";
import { useLocale } from "../locale/locale.tsx";
import { shownStatus } from "../presence/presence.ts";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { goToRoom } from "../shell/use-place.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { InviteForm } from "./invite-form.tsx";
import { PersonRow } from "./person-row.tsx";
import { RenameForm } from "./rename-form.tsx";

interface PeoplePanelProps {
  readonly session: Session;
  readonly snapshot: RoomSnapshot;
  readonly onConcern: (concern: ConcernAbout) => void;
  readonly onClose: () => void;
}

/** Who takes part, and what an ADMIN can do about it. Changes come back as events of the room. */
export default function PeoplePanel({ session, snapshot, onConcern, onClose }: PeoplePanelProps) {
  const { text } = useLocale();
  const { room, you } = snapshot;
  const connected = useMe(session.me);
  const [leaving, setLeaving] = useState<Participant>();
  const [problem, setProblem] = useState<string>();
  if (room === null || you === null) return null;

  const { client } = session;
  const people = snapshot.participants.filter(({ isActive }) => isActive).toSorted(byRoleAndName);
  const isGroup = room.roomType === "GROUP";
  const isAdmin = isGroup && you.role === "ADMIN";
  const attempt = (change: Promise<unknown>): Promise<void> =>
    change.then(
      () => setProblem(undefined),
      (error) => setProblem(refusalText(error, text)),
    );
  const me = people.find(({ userId }) => userId === you.userId);
  const remove = async ({ userId }: Participant) => {
    await attempt(client.removeParticipant(room.id, userId));
    if (userId !== you.userId) return;
    client.roomList.reload();
    goToRoom(undefined);
  };

  return (
    <Sheet title={text.people} shape="side" onClose={onClose}>
      {isAdmin && (
        <RenameForm name={room.name ?? ""} onRename={(name) => attempt(client.updateRoom(room.id, { name }))} />
      )}
      <ul className="people">
        {people.map((person) => (
          <PersonRow
            key={person.userId}
            person={person}
            status={
              person.userId === you.userId ? ownStatus(connected) : shownStatus(connected, person.userId, person.online)
            }
            isYou={person.userId === you.userId}
            isGroup={isGroup}
            isManaged={isAdmin}
            isBlocked={you.blockedUserIds.includes(person.userId)}
            onConcern={(kind) => onConcern({ kind, userId: person.userId })}
            onUnblock={() => attempt(client.unblock(person.userId))}
            onRole={(role) => attempt(client.updateParticipant(room.id, person.userId, role))}
            onRemove={() => setLeaving(person)}
          />
        ))}
      </ul>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {isAdmin && (
        <InviteForm
          present={people}
          onInvite={(userIds) => attempt(client.addParticipants(room.id, userIds))}
          onProblem={(error) => setProblem(refusalText(error, text))}
        />
      )}
      {isGroup && me !== undefined && (
        <button type="button" className="button danger-quiet" onClick={() => setLeaving(me)}>
          <LogOut aria-hidden="true" size={16} /> {text.leave}
        </button>
      )}
      {leaving !== undefined && (
        <Confirm
          question={leaving === me ? text.confirmLeave : text.confirmRemove(leaving.name)}
          hint={leaving === me ? text.confirmLeaveHint : text.confirmRemoveHint}
          action={leaving === me ? text.leave : text.remove}
          onConfirm={() => void remove(leaving)}
          onClose={() => setLeaving(undefined)}
        />
      )}
    </Sheet>
  );
}

/** As partners see one. */
function ownStatus({ connection, status }: MeSnapshot): PresenceStatus {
  return connection.state === "live" ? (status ?? "online") : "offline";
}

function byRoleAndName(one: Participant, other: Participant): number {
  return one.role.localeCompare(other.role) || one.name.localeCompare(other.name);
}
