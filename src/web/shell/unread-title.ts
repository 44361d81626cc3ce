import { useEffect } from "react";
import type { RoomListItem } from "../../client/index.ts";
import { useVisible } from "./use-visible.ts";

const TITLE = "StudyMate";
const MOST = 99;

/** "(3) StudyMate": how many messages wait, those of the room that is being read left out. */
export function useUnreadTitle(rooms: readonly RoomListItem[], currentId: number | undefined): void {
  const isVisible = useVisible();
  const count = rooms.reduce((sum, { id, unread }) => sum + (isVisible && id === currentId ? 0 : unread), 0);
  useEffect(() => {
    document.title = titleOf(count);
    return () => {
      document.title = TITLE;
    };
  }, [count]);
}

export function titleOf(unread: number): string {
  if (unread === 0) return TITLE;
  return `(${unread > MOST ? `${MOST}+` : unread}) ${TITLE}`;
}
