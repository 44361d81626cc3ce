import { Menu, MenuButton, MenuItem, MenuProvider } from "@ariakit/react";
import { EllipsisVertical, MicOff, Signal, SignalLow, SignalMedium, WifiOff } from "lucide-react";
import { useState } from "react";
import type { LiveSession, Peer, Quality } from "../../client/session/index.ts";
import { useCallWords } from "../locale/call/index.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Confirm } from "../ui/confirm.tsx";
import { useCallAttempt } from "./attempts.tsx";
import { Video } from "./stream-view.tsx";

export interface TileProps {
  readonly userId: number;
  readonly name: string;
  readonly imageUrl?: string | null | undefined;
  readonly stream: MediaStream | null | undefined;
  readonly isScreen?: boolean;
  readonly isYou?: boolean;
  readonly isMuted: boolean;
  readonly isSpeaking: boolean;
  /** What is wrong with the connection; undefined: nothing. */
  readonly trouble?: "connecting" | "interrupted" | "away" | undefined;
  readonly quality?: Quality | null;
  /** What the host can do with them. */
  readonly host?: LiveSession | undefined;
}

const BARS = { good: Signal, fair: SignalMedium, poor: SignalLow } as const;

/** Somebody in the call: what they show, or who they are. */
export function Tile(props: TileProps) {
  const { userId, name, imageUrl, stream, isScreen = false, isYou = false, isMuted, isSpeaking } = props;
  const { trouble, quality, host } = props;
  const words = useCallWords();
  const Bars = quality ? BARS[quality] : undefined;
  const label = isScreen ? words.tile.screen(name) : words.tile.camera(name);
  return (
    <li
      className="tile"
      data-speaking={isSpeaking && !isScreen}
      data-screen={isScreen}
      data-trouble={trouble}
      data-user={userId}
      data-own={isYou}
    >
      {stream ? (
        <Video stream={stream} label={label} isMirrored={isYou && !isScreen} />
      ) : (
        <div className="tile-person">
          <Avatar name={name} id={userId} imageUrl={imageUrl} />
        </div>
      )}
      <div className="tile-line">
        <span className="tile-name">{isScreen ? words.tile.shares(name) : isYou ? words.you : <bdi>{name}</bdi>}</span>
        {isSpeaking && !isScreen && <span className="spoken">{words.tile.speaking}</span>}
        {isMuted && !isScreen && (
          <span className="tile-mark" role="img" aria-label={words.tile.muted} title={words.tile.muted}>
            <MicOff aria-hidden="true" size={16} />
          </span>
        )}
        {Bars && quality && !isScreen && trouble === undefined && (
          <span
            className="tile-mark"
            role="img"
            data-quality={quality}
            aria-label={words.tile.quality[quality]}
            title={words.tile.quality[quality]}
          >
            <Bars aria-hidden="true" size={16} />
          </span>
        )}
        {host !== undefined && !isScreen && <HostMenu host={host} userId={userId} name={name} />}
      </div>
      {trouble !== undefined && !isScreen && (
        <p className="tile-trouble" role="status">
          <WifiOff aria-hidden="true" size={16} /> {words.tile[trouble]}
        </p>
      )}
    </li>
  );
}

function HostMenu({ host, userId, name }: { host: LiveSession } & Pick<Peer, "userId" | "name">) {
  const words = useCallWords();
  const attempt = useCallAttempt();
  const [isRemoving, setIsRemoving] = useState(false);
  return (
    <>
      <MenuProvider>
        <MenuButton className="icon-button tile-menu" aria-label={words.tile.more(name)}>
          <EllipsisVertical aria-hidden="true" size={18} />
        </MenuButton>
        <Menu className="menu" gutter={6} portal unmountOnHide>
          <MenuItem className="menu-item" onClick={() => attempt(host.mute(userId))}>
            {words.tile.mute}
          </MenuItem>
          <MenuItem className="menu-item danger" onClick={() => setIsRemoving(true)}>
            {words.tile.remove}
          </MenuItem>
        </Menu>
      </MenuProvider>
      {isRemoving && (
        <Confirm
          question={words.tile.confirmRemove(name)}
          hint={words.tile.confirmRemoveHint}
          action={words.tile.remove}
          onConfirm={() => attempt(host.remove(userId))}
          onClose={() => setIsRemoving(false)}
        />
      )}
    </>
  );
}
