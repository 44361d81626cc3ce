import { type RefObject, useEffect, useState } from "react";

/** Files are fetched this far before they are seen, and let go as far behind. */
const MARGIN = "800px";
const watched = new WeakMap<Element, (isNear: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** Whether an element is in sight, or soon may be: a log holds thousands. */
export function useNear(element: RefObject<Element | null>): boolean {
  const [isNear, setIsNear] = useState(false);
  useEffect(() => {
    const target = element.current;
    if (target === null) return;
    observer ??= new IntersectionObserver(
      (entries) => {
        for (const entry of entries) watched.get(entry.target)?.(entry.isIntersecting);
      },
      { rootMargin: MARGIN, scrollMargin: MARGIN },
    );
    watched.set(target, setIsNear);
    observer.observe(target);
    return () => observer?.unobserve(target);
  }, [element]);
  return isNear;
}
