import { useCallback, useId, useRef, useState } from "react";
import type { z } from "zod";
import type { blockedPerson, blockList } from "../../../schema/api/safety.ts";
import { useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Loaded } from "../ui/loaded.tsx";

type BlockList = z.infer<typeof blockList>;
type BlockedPerson = z.infer<typeof blockedPerson>;

/** Whom one has blocked, and the way to take it back. */
export function Blocks({ session }: { readonly session: Session }) {
  const { blocks: words } = useAccountWords();
  const titleId = useId();
  const { client } = session;
  const load = useCallback(() => client.request<BlockList>({ path: "/v1/me/blocks" }), [client]);
  return (
    <section className="card-section" aria-labelledby={titleId}>
      <h2 id={titleId}>{words.title}</h2>
      <p className="quiet">{words.hint}</p>
      <Loaded load={load}>{(list, change) => <BlockedPeople session={session} list={list} onChange={change} />}</Loaded>
    </section>
  );
}

interface BlockedPeopleProps {
  readonly session: Session;
  readonly list: BlockList;
  readonly onChange: (list: BlockList) => void;
}

function BlockedPeople({ session, list, onChange }: BlockedPeopleProps) {
  const { text, formats } = useLocale();
  const { blocks: words } = useAccountWords();
  const [said, setSaid] = useState<string>();
  const [problem, setProblem] = useState<string>();
  const status = useRef<HTMLParagraphElement>(null);
  const { client } = session;
  const { items, nextCursor } = list;

  const attempt = async (task: () => Promise<void>) => {
    setProblem(undefined);
    try {
      await task();
    } catch (error) {
      setProblem(refusalText(error, text));
    }
  };
  const unblock = ({ userId, englishName }: BlockedPerson) =>
    attempt(async () => {
      await client.request({ method: "DELETE", path: `/v1/me/blocks/${userId}` });
      onChange({ items: items.filter((one) => one.userId !== userId), nextCursor });
      setSaid(words.unblocked(englishName));
      // The button that was pressed is gone.
      status.current?.focus();
    });
  const more = (cursor: string) =>
    attempt(async () => {
      const page = await client.request<BlockList>({ path: "/v1/me/blocks", query: { cursor } });
      onChange({ items: [...items, ...page.items], nextCursor: page.nextCursor });
    });
  return (
    <>
      <p role="status" ref={status} tabIndex={-1}>
        {said ?? (items.length === 0 && words.none)}
      </p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      {items.length > 0 && (
        <ul className="people">
          {items.map((person) => (
            <li key={person.userId} className="person">
              <Avatar name={person.englishName} id={person.userId} imageUrl={person.profileImageUrl} />
              <div className="person-text">
                <bdi className="person-name">{person.englishName}</bdi>
                <p className="quiet">{words.since(formats.whenOf(person.createdAt))}</p>
              </div>
              <button
                type="button"
                className="button"
                aria-label={words.unblockNamed(person.englishName)}
                onClick={() => void unblock(person)}
              >
                {words.unblock}
              </button>
            </li>
          ))}
        </ul>
      )}
      {nextCursor !== null && (
        <p>
          <button type="button" className="button" onClick={() => void more(nextCursor)}>
            {words.more}
          </button>
        </p>
      )}
    </>
  );
}
