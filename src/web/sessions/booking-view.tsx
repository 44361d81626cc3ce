import { useCallback } from "react";
import { useRoomList } from "../../client/react/index.ts";
import { useSessionWords } from "../locale/sessions/index.ts";
import { loadMe } from "../profile/profile-calls.ts";
import type { Session } from "../session/session.ts";
import { goToSessions } from "../shell/use-place.ts";
import { Loaded } from "../ui/loaded.tsx";
import { BookingForm } from "./booking-form.tsx";
import type { Day } from "./clock.ts";
import { PaneHeader } from "./pane-header.tsx";
import { partnersOf } from "./partners.ts";
import "../styles/session-form.css";

interface BookingViewProps {
  readonly session: Session;
  readonly zone: string;
  readonly start: { readonly day: Day; readonly time: string };
}

export function BookingView({ session, zone, start }: BookingViewProps) {
  const { form, details } = useSessionWords();
  const { client } = session;
  const { rooms = [] } = useRoomList(client);
  const people = partnersOf(rooms);
  const load = useCallback(() => loadMe(client), [client]);
  return (
    <main className="sessions">
      <PaneHeader title={form.title} back={details.back} onBack={() => goToSessions()} />
      <div className="account-scroll">
        <div className="account-part">
          <Loaded load={load}>
            {({ languages }) => <BookingForm {...{ session, zone, start, people }} ownLanguages={languages} />}
          </Loaded>
        </div>
      </div>
    </main>
  );
}
