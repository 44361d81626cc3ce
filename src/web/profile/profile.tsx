import { Eye } from "lucide-react";
import { useCallback, useState } from "react";
import type { MatchingPreferences } from "../../../schema/api/matching.ts";
import type { MeAnswer } from "../../../schema/api/people.ts";
import { useProfileWords } from "../locale/profile/index.ts";
import type { Session } from "../session/session.ts";
import { Loaded } from "../ui/loaded.tsx";
import { PictureField } from "./picture-field.tsx";
import { loadMe, loadPreferences } from "./profile-calls.ts";
import { ProfileForms } from "./profile-forms.tsx";
import { ProfilePreview } from "./profile-preview.tsx";

/** What one says of oneself, part by part; each is saved by itself. */
export default function Profile({ session }: { readonly session: Session }) {
  const words = useProfileWords();
  const { client } = session;
  const [isShown, setIsShown] = useState(false);
  const load = useCallback(
    async (): Promise<readonly [MeAnswer, MatchingPreferences]> =>
      Promise.all([loadMe(client), loadPreferences(client)]),
    [client],
  );
  return (
    <>
      <div className="panel-title">
        <h1>{words.title}</h1>
        <button type="button" className="button" onClick={() => setIsShown(true)}>
          <Eye aria-hidden="true" size={16} /> {words.preview.action}
        </button>
      </div>
      <section className="card-section" aria-label={words.sections.picture}>
        <PictureField session={session} />
      </section>
      <Loaded load={load}>
        {([me, preferences]) => <ProfileForms session={session} me={me} preferences={preferences} />}
      </Loaded>
      {isShown && <ProfilePreview session={session} onClose={() => setIsShown(false)} />}
    </>
  );
}
