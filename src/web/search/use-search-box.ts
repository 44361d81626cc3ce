/** Whether the search is open, and what stands in it: kept while one looks at what was found. */
import { type RefObject, useCallback, useEffect, useRef, useState } from "react";
import { isNarrow } from "../shell/is-narrow.ts";
import { goToRoom } from "../shell/use-place.ts";
import { NO_FILTERS, type SearchFilters } from "./search-filters.ts";
import { isSearchShortcut } from "./shortcut.ts";

interface SearchInput {
  readonly isOpen: boolean;
  readonly text: string;
  readonly filters: SearchFilters;
}

export interface SearchBox extends SearchInput {
  readonly field: RefObject<HTMLInputElement | null>;
  /** With filters: these in place of those that were there. */
  readonly open: (filters?: SearchFilters) => void;
  readonly close: () => void;
  readonly setText: (text: string) => void;
  readonly setFilters: (filters: SearchFilters) => void;
}

const CLOSED: SearchInput = { isOpen: false, text: "", filters: NO_FILTERS };

export function useSearchBox(roomId: number | undefined): SearchBox {
  const [input, setInput] = useState(CLOSED);
  const { isOpen } = input;
  const field = useRef<HTMLInputElement>(null);
  /** Where the focus was, and on a narrow screen also the room. */
  const before = useRef<{ readonly focus: Element | null; readonly roomId: number | undefined }>(undefined);
  /** What gets the focus as soon as it can be seen. */
  const wanted = useRef<() => HTMLElement | null>(undefined);

  useEffect(() => {
    const element = wanted.current?.();
    if (!element?.checkVisibility()) return;
    wanted.current = undefined;
    element.focus();
    if (element === field.current) field.current.select();
  });

  const open = useCallback(
    (filters?: SearchFilters) => {
      const leavesRoom = roomId !== undefined && isNarrow();
      if (!isOpen || leavesRoom) {
        before.current = { focus: document.activeElement, roomId: leavesRoom ? roomId : undefined };
      }
      if (leavesRoom) goToRoom(undefined);
      wanted.current = () => field.current;
      setInput((now) => ({ ...now, isOpen: true, filters: filters ?? now.filters }));
    },
    [isOpen, roomId],
  );

  const close = () => {
    const { focus, roomId: leftRoom } = before.current ?? {};
    before.current = undefined;
    const isBack = leftRoom !== undefined && roomId === undefined;
    if (isBack) goToRoom(leftRoom);
    const hasStayed = focus instanceof HTMLElement && focus.isConnected && focus !== document.body;
    // The room's own button is there once the room is.
    if (isBack) wanted.current = () => document.querySelector<HTMLElement>(".search-here");
    else wanted.current = () => (hasStayed ? focus : field.current);
    setInput(CLOSED);
  };

  const setText = (text: string) => {
    if (!isOpen) before.current = { focus: field.current, roomId: undefined };
    setInput((now) => ({ ...now, text, isOpen: true }));
  };

  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (!isSearchShortcut(event)) return;
      event.preventDefault();
      open();
    };
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [open]);

  return {
    ...input,
    field,
    open,
    close,
    setText,
    setFilters: (filters) => setInput((now) => ({ ...now, filters })),
  };
}
