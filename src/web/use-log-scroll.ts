import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";

interface LogScroll {
  /** The first message shown: a smaller one means that a page was put before it. */
  readonly firstId: number | undefined;
  readonly onTop: () => void;
}

const NEAR_PX = 80;

/** Stays at the end while one is there, and does not jump when older messages come above. */
export function useLogScroll({ firstId, onTop }: LogScroll) {
  const log = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const before = useRef({ firstId, height: 0, isAtEnd: true });
  const onTopNow = useRef(onTop);
  onTopNow.current = onTop;

  const goToEnd = () => log.current?.scrollTo({ top: log.current.scrollHeight });

  // Every update may change the height, edits and reactions too.
  useLayoutEffect(() => {
    const element = log.current;
    if (element === null) return;
    const last = before.current;
    const isPrepended = firstId !== undefined && last.firstId !== undefined && firstId < last.firstId;
    if (isPrepended && !last.isAtEnd) element.scrollTop += element.scrollHeight - last.height;
    else if (last.isAtEnd) goToEnd();
    before.current = { firstId, height: element.scrollHeight, isAtEnd: last.isAtEnd };
  });

  useEffect(() => {
    const element = log.current;
    if (element === null) return;
    const onScroll = () => {
      const atEnd = element.scrollHeight - element.scrollTop - element.clientHeight < NEAR_PX;
      before.current = { ...before.current, isAtEnd: atEnd };
      setIsAtEnd(atEnd);
      if (element.scrollTop < NEAR_PX && !atEnd) onTopNow.current();
    };
    const resized = new ResizeObserver(() => {
      if (before.current.isAtEnd) goToEnd();
    });
    element.addEventListener("scroll", onScroll, { passive: true });
    resized.observe(element);
    return () => {
      element.removeEventListener("scroll", onScroll);
      resized.disconnect();
    };
  }, []);

  return { log, isAtEnd, goToEnd };
}
