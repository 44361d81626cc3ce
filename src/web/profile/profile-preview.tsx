import { useCallback } from "react";
import { useProfileWords } from "../locale/profile/index.ts";
import type { Session } from "../session/session.ts";
import { Loaded } from "../ui/loaded.tsx";
import { Sheet } from "../ui/sheet.tsx";
import { loadPublicProfile } from "./profile-calls.ts";
import { PublicProfileCard } from "./public-profile-card.tsx";

interface ProfilePreviewProps {
  readonly session: Session;
  readonly onClose: () => void;
}

/** What others get to see, from where they get it. */
export function ProfilePreview({ session, onClose }: ProfilePreviewProps) {
  const { preview } = useProfileWords();
  const { client, userId } = session;
  const load = useCallback(() => loadPublicProfile(client, userId), [client, userId]);
  return (
    <Sheet title={preview.title} onClose={onClose}>
      <Loaded load={load}>{(profile) => <PublicProfileCard profile={profile} />}</Loaded>
      <p className="field-hint">{preview.hidden}</p>
    </Sheet>
  );
}
