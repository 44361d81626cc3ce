import { clock } from "../files/file-size.ts";
import { useCallWords } from "../locale/call/index.ts";
import { nameOf, talkBars } from "./call-rules.ts";
import { type OpenCall, useNow, useTold } from "./use-call.ts";

/** Who has talked how long, as it goes. */
export function TalkBars({ live }: Pick<OpenCall, "live">) {
  const words = useCallWords();
  const snapshot = useTold(live);
  const now = useNow(1_000);
  return (
    <section className="talk" aria-label={words.talk.title}>
      <ul>
        {talkBars(snapshot, now).map(({ userId, seconds, isSpeaking, part }) => {
          const name = userId === snapshot.you?.userId ? words.you : nameOf(snapshot.peers, userId);
          return (
            <li key={userId} data-speaking={isSpeaking}>
              <bdi className="talk-name">{name}</bdi>
              <meter min={0} max={1} value={part} aria-label={words.talk.time(name, clock(seconds * 1_000))} />
              <span className="talk-time" aria-hidden="true">
                {clock(seconds * 1_000)}
              </span>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
