import { useLayoutEffect, useRef } from "react";
import { StudyMateError } from "../../client/index.ts";
import type { Words } from "../locale/en.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Place } from "../shell/use-place.ts";
import { HitLink } from "./hit-link.tsx";
import type { KnownNames } from "./known-names.ts";
import type { SearchState } from "./message-search.ts";

interface FoundMessagesProps {
  readonly state: SearchState;
  readonly names: KnownNames;
  readonly yourId: number;
  readonly place: Place;
  readonly hasFilters: boolean;
  /** The last syllable is still being typed: that there is no such word says nothing. */
  readonly isUnfinished: boolean;
  readonly onMore: () => void;
  readonly onAgain: () => void;
  readonly onOpen: (link: HTMLAnchorElement, isCurrent: boolean) => void;
}

export function FoundMessages(props: FoundMessagesProps) {
  const { state, names, yourId, place, isUnfinished, onMore, onAgain, onOpen } = props;
  const { text } = useLocale();
  const { found, isStale, isBusy, isLoadingMore, problem } = state;
  const list = useRef<HTMLUListElement>(null);
  /** How many there were when more were asked for: the focus goes on with the first of those. */
  const askedAt = useRef<number>(undefined);
  const count = found?.items.length ?? 0;
  useLayoutEffect(() => {
    if (isLoadingMore || askedAt.current === undefined) return;
    const isFree = document.activeElement === document.body || document.activeElement?.matches(".more-found");
    if (count > askedAt.current && isFree) list.current?.children[askedAt.current]?.querySelector("a")?.focus();
    askedAt.current = undefined;
  }, [isLoadingMore, count]);
  const isEmpty = found === undefined || count === 0;
  return (
    <section className="found" aria-labelledby="found-title" aria-busy={isBusy}>
      <h2 id="found-title" className="found-title">
        {text.conversation}
      </h2>
      <p role="status" className={isEmpty ? "padded" : "spoken"}>
        {statusOf(props, text)}
      </p>
      {problem !== undefined && (
        <div className="notice" role="alert">
          <p>{problemText(problem, text)}</p>
          <button type="button" className="button" onClick={onAgain}>
            {text.tryAgain}
          </button>
        </div>
      )}
      {found?.isCut && <p className="notice">{text.found.isCut}</p>}
      {found !== undefined && count > 0 && (
        <>
          {found.match === "any" && !isUnfinished && <p className="notice">{text.found.matchAny}</p>}
          <ul ref={list}>
            {found.items.map((hit) => {
              const { roomId, id } = hit.message;
              const isCurrent = place.roomId === roomId && place.messageId === id;
              return (
                <li key={`${roomId}/${id}`}>
                  <HitLink hit={hit} names={names} yourId={yourId} isCurrent={isCurrent} onOpen={onOpen} />
                </li>
              );
            })}
          </ul>
          {found.nextCursor !== null && (
            <button
              type="button"
              className="button more-found"
              aria-disabled={isStale || isLoadingMore}
              onClick={() => {
                askedAt.current = count;
                onMore();
              }}
            >
              {isLoadingMore ? text.loading : text.found.more}
            </button>
          )}
        </>
      )}
    </section>
  );
}

function statusOf({ state, hasFilters }: FoundMessagesProps, { found: words }: Words): string {
  const { found, isBusy } = state;
  if (found === undefined) return isBusy ? words.searching : "";
  const { length } = found.items;
  if (length === 0) return hasFilters ? words.nothingFiltered : words.nothing;
  return found.nextCursor === null ? words.count(length) : words.firstOf(length);
}

function problemText(problem: unknown, { searchRefused }: Words): string {
  const code = problem instanceof StudyMateError ? problem.code : "other";
  return code in searchRefused ? searchRefused[code as keyof typeof searchRefused] : searchRefused.other; // just looked up
}
