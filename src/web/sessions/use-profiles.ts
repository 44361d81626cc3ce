import { useEffect, useRef, useState } from "react";
import type { PublicProfile } from "../../../schema/api/people.ts";
import type { StudyMateClient } from "../../client/index.ts";
import { loadPublicProfile } from "../profile/profile-calls.ts";

export type Profiles = ReadonlyMap<number, PublicProfile>;

/** What these people say of themselves, as far as it is here. What cannot be had is done without. */
export function useProfiles(client: StudyMateClient, userIds: readonly number[]): Profiles {
  const [profiles, setProfiles] = useState<Profiles>(new Map());
  const asked = useRef(new Set<number>());
  useEffect(() => {
    for (const userId of userIds) {
      if (asked.current.has(userId)) continue;
      asked.current.add(userId);
      loadPublicProfile(client, userId).then(
        (profile) => setProfiles((before) => new Map(before).set(userId, profile)),
        () => asked.current.delete(userId),
      );
    }
  }, [client, userIds]);
  return profiles;
}
