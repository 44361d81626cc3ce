/**
 * Keeps still what somebody reads. At the end it stays at the end, where that is the newest; anywhere else the message under the reader's eye
 * keeps its place, whatever comes or grows above it. The browser's own anchoring is off: not all of them have it.
 */
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from "react";

interface Memory {
  /** The message that keeps its place, and where it was. */
  readonly anchor: Element | undefined;
  readonly anchorTop: number;
  readonly scrollTop: number;
  readonly isAtEnd: boolean;
}

/** How near the end one must scroll to stay there. */
const NEAR_PX = 24;
/** Rounding, where the browser itself took back what is no longer there. */
const ROUNDING_PX = 2;
const DRIFT_PX = 0.5;

export function useSteadyScroll({ followsEnd }: { readonly followsEnd: boolean }) {
  const log = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const memory = useRef<Memory>({ anchor: undefined, anchorTop: 0, scrollTop: 0, isAtEnd: followsEnd });
  const [isAtEnd, setIsAtEnd] = useState(followsEnd);

  const remember = useCallback((atEnd: boolean) => {
    if (log.current === null || list.current === null) return;
    const anchor = underTheEye(log.current, list.current);
    const anchorTop = anchor?.getBoundingClientRect().top ?? 0;
    memory.current = { anchor, anchorTop, scrollTop: log.current.scrollTop, isAtEnd: atEnd };
    setIsAtEnd(atEnd);
  }, []);

  /** After anything that may have moved something: a scroll, a change of the messages, another size. */
  const settle = useCallback(() => {
    const element = log.current;
    if (element === null) return;
    const { anchor, anchorTop, scrollTop, isAtEnd: wasAtEnd } = memory.current;
    const scrolledBy = element.scrollTop - scrollTop;
    const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
    const reachesEnd = wasAtEnd ? scrolledBy >= 0 || fromEnd <= ROUNDING_PX : scrolledBy > 0 && fromEnd <= NEAR_PX;
    const atEnd = followsEnd && reachesEnd;
    if (atEnd) element.scrollTop = element.scrollHeight;
    else if (anchor?.isConnected) {
      const drift = anchor.getBoundingClientRect().top - (anchorTop - scrolledBy);
      if (Math.abs(drift) >= DRIFT_PX) element.scrollTop += drift;
    }
    remember(atEnd);
  }, [remember, followsEnd]);

  const goToEnd = useCallback(() => {
    if (log.current === null) return;
    log.current.scrollTop = log.current.scrollHeight;
    remember(true);
  }, [remember]);

  const goTo = useCallback(
    (target: Element, block: "center" | "start") => {
      target.scrollIntoView({ block, behavior: "instant" });
      const element = log.current;
      if (element === null) return;
      const fromEnd = element.scrollHeight - element.clientHeight - element.scrollTop;
      remember(followsEnd && fromEnd <= ROUNDING_PX);
    },
    [remember, followsEnd],
  );

  useLayoutEffect(settle);

  useEffect(() => {
    if (log.current === null || list.current === null) return;
    const element = log.current;
    const resized = new ResizeObserver(settle);
    resized.observe(element);
    resized.observe(list.current);
    element.addEventListener("scroll", settle, { passive: true });
    return () => {
      element.removeEventListener("scroll", settle);
      resized.disconnect();
    };
  }, [settle]);

  return { log, list, isAtEnd, goToEnd, goTo };
}

/** The message that the pointer or the focus is at, where it is in sight; else the one in the middle. */
function underTheEye(log: Element, list: Element): Element | undefined {
  const { top, bottom } = log.getBoundingClientRect();
  for (const state of [":hover", ":focus-within"]) {
    const found = list.querySelector(`:scope > [data-id]${state}`);
    const place = found?.getBoundingClientRect();
    if (found && place && place.bottom > top && place.top < bottom) return found;
  }
  return messageAt(list.children, (top + bottom) / 2);
}

/** The first message that ends below `y`, or the last one. Children are in the order of their places. */
function messageAt(children: HTMLCollection, y: number): Element | undefined {
  let low = 0;
  let high = children.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((children[middle]?.getBoundingClientRect().bottom ?? 0) > y) high = middle;
    else low = middle + 1;
  }
  // Days and marks between the messages come and go.
  for (let at = low; at < children.length; at += 1) if (children[at]?.hasAttribute("data-id")) return children[at];
  for (let at = low; at >= 0; at -= 1) if (children[at]?.hasAttribute("data-id")) return children[at];
  return undefined;
}
