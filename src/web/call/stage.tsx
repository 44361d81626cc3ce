import type { SessionAnswer } from "../../../schema/api/sessions.ts";
import { useCallWords } from "../locale/call/index.ts";
import { Sound } from "./stream-view.tsx";
import { Tile, type TileProps } from "./tile.tsx";
import { type OpenCall, useTold } from "./use-call.ts";
import { useDeviceStream } from "./use-device-stream.ts";

interface StageProps {
  readonly open: OpenCall;
  readonly planned: SessionAnswer;
}

/** Everybody in the call, and whatever screens are shared before them. */
export function Stage({ open: { live, call }, planned }: StageProps) {
  const words = useCallWords();
  const { you, peers: known, talk } = useTold(live);
  const { microphone, camera, screen, isSpeaking, peers } = useTold(call);
  const ownCamera = useDeviceStream(camera.track);
  const ownScreen = useDeviceStream(screen.track);
  const yourId = you?.userId ?? 0;
  const own = planned.participants.find(({ userId }) => userId === yourId);
  const host = you?.role === "HOST" ? live : undefined;
  const others = peers.map((peer) => {
    const told = known.find(({ userId }) => userId === peer.userId);
    const trouble = peer.state === "connected" ? (told?.connected === false ? "away" : undefined) : peer.state;
    return { ...peer, told, trouble } as const;
  });
  const yours: TileProps = {
    ...{ userId: yourId, name: own?.name ?? words.you, imageUrl: own?.imageUrl, isYou: true, isSpeaking },
    ...{ stream: ownCamera, isMuted: !microphone.isOn },
  };
  const screens = others.filter((peer) => peer.screen !== null);
  const count = others.length + 1 + screens.length + (ownScreen ? 1 : 0);
  return (
    <>
      <ul className="stage" data-count={count} data-shared={screens.length > 0} aria-label={words.people}>
        {screens.map(({ userId, told, screen: stream }) => (
          <Tile key={`screen-${userId}`} {...still(userId, told?.name)} stream={stream} isScreen />
        ))}
        {others.map(({ userId, told, camera: stream, trouble, quality }) => (
          <Tile
            key={userId}
            userId={userId}
            name={told?.name ?? ""}
            imageUrl={told?.imageUrl}
            stream={stream}
            isMuted={told?.media.audio === false}
            isSpeaking={talk.get(userId)?.isSpeaking ?? false}
            trouble={trouble}
            quality={quality}
            host={host}
          />
        ))}
        {ownScreen && <Tile {...yours} stream={ownScreen} isScreen />}
        <Tile {...yours} />
      </ul>
      {others.length === 0 && (
        <p className="alone quiet" role="status">
          {words.alone}
        </p>
      )}
      {others.map(
        ({ userId, microphone: stream }) => stream !== null && <Sound key={`sound-${userId}`} stream={stream} />,
      )}
    </>
  );
}

function still(userId: number, name = ""): TileProps {
  return { userId, name, stream: null, isMuted: false, isSpeaking: false };
}
