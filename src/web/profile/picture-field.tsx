import { ImageUp, Trash2 } from "lucide-react";
import { lazy, Suspense, useRef, useState } from "react";
import type { AvatarAnswer, MediaAnswer } from "../../../schema/api/media.ts";
import { StudyMateError } from "../../client/index.ts";
import { useLocale } from "../locale/locale.tsx";
import { useProfileWords } from "../locale/profile/index.ts";
import { nameIn, useOwnPerson } from "../session/own-person.ts";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Avatar } from "../ui/avatar.tsx";

const CropDialog = lazy(() => import("./crop-dialog.tsx"));

const TYPES = "image/jpeg,image/png,image/webp";
const UPLOAD_DEADLINE_MS = 60_000;

interface PictureFieldProps {
  readonly session: Session;
  /** It is the picture of the profile already. */
  readonly onChanged?: (url: string | null) => void;
}

/** One's picture: chosen, cropped, uploaded and shown; or taken away. */
export function PictureField({ session, onChanged }: PictureFieldProps) {
  const { text, language } = useLocale();
  const { picture: words } = useProfileWords();
  const you = useOwnPerson(session.you);
  const [file, setFile] = useState<File>();
  const [said, setSaid] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const chooseButton = useRef<HTMLButtonElement>(null);
  const { client } = session;
  const url = you.profileImageUrl;

  const show = async (key: string | null) => {
    const answer = await client.request<AvatarAnswer>({ method: "PUT", path: "/v1/me/avatar", body: { key } });
    session.you.change(answer);
    onChanged?.(answer.profileImageUrl);
  };
  const attempt = async (task: () => Promise<void>, done: string) => {
    setProblem(undefined);
    setSaid(undefined);
    try {
      await task();
      setSaid(done);
    } catch (error) {
      const isTooLarge = error instanceof StudyMateError && error.code === "too_large";
      setProblem(isTooLarge ? words.tooLarge : refusalText(error, text));
    }
    setFile(undefined);
  };
  const upload = async (picture: Blob) => {
    const { key } = await client.request<MediaAnswer>({
      method: "POST",
      path: "/v1/media",
      query: { purpose: "avatar" },
      body: picture,
      signal: AbortSignal.timeout(UPLOAD_DEADLINE_MS),
    });
    await show(key);
  };

  return (
    <div className="picture-field">
      <div className="picture">
        <Avatar name={nameIn(language, you)} id={session.userId} imageUrl={url} />
        <span className="spoken">{url === null ? words.none : words.yours}</span>
      </div>
      <div className="picture-actions">
        <input
          ref={input}
          type="file"
          accept={TYPES}
          hidden
          aria-label={words.choose}
          onChange={(event) => {
            setProblem(undefined);
            setFile(event.currentTarget.files?.[0]);
            // The same file can be chosen again.
            event.currentTarget.value = "";
          }}
        />
        <button ref={chooseButton} type="button" className="button" onClick={() => input.current?.click()}>
          <ImageUp aria-hidden="true" size={16} /> {url === null ? words.choose : words.change}
        </button>
        {url !== null && (
          <button
            type="button"
            className="button danger-quiet"
            onClick={() => {
              // This button goes; the other one stays.
              chooseButton.current?.focus();
              void attempt(() => show(null), words.removed);
            }}
          >
            <Trash2 aria-hidden="true" size={16} /> {words.remove}
          </button>
        )}
        <p className="field-hint">{words.hint}</p>
        <p role="status" className="quiet">
          {said}
        </p>
        {problem !== undefined && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
      </div>
      {file !== undefined && (
        <Suspense>
          <CropDialog
            file={file}
            onClose={() => setFile(undefined)}
            onCropped={(picture) => attempt(() => upload(picture), words.changed)}
            onUnreadable={() => {
              setFile(undefined);
              setProblem(words.unreadable);
            }}
          />
        </Suspense>
      )}
    </div>
  );
}
