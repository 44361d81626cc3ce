import { Monitor, Smartphone } from "lucide-react";
import { useCallback, useRef, useState } from "react";
import type { Device, DeviceList } from "../../../schema/api/auth.ts";
import { StudyMateError } from "../../client/index.ts";
import { type AccountWords, useAccountWords } from "../locale/account/index.ts";
import { useLocale } from "../locale/locale.tsx";
import type { Session } from "../session/session.ts";
import { refusalText } from "../shell/refusal-text.ts";
import { Confirm } from "../ui/confirm.tsx";
import { Loaded } from "../ui/loaded.tsx";
import { agentOf, isHandheld } from "./agent.ts";

/** Where one is signed in, and the end of it elsewhere. */
export function Devices({ session }: { readonly session: Session }) {
  const { devices: words } = useAccountWords();
  const { client } = session;
  const load = useCallback(async () => {
    const { items } = await client.request<DeviceList>({ path: "/v1/auth/devices" });
    return items.toSorted((one, other) => Number(other.isCurrent) - Number(one.isCurrent));
  }, [client]);
  return (
    <>
      <h1>{words.title}</h1>
      <p className="quiet">{words.hint}</p>
      <Loaded load={load}>
        {(devices, change) => <KnownDevices session={session} devices={devices} onChange={change} />}
      </Loaded>
    </>
  );
}

interface KnownDevicesProps {
  readonly session: Session;
  readonly devices: readonly Device[];
  readonly onChange: (devices: Device[]) => void;
}

function KnownDevices({ session, devices, onChange }: KnownDevicesProps) {
  const { text } = useLocale();
  const { devices: words } = useAccountWords();
  /** Those whose end is being asked about. */
  const [asked, setAsked] = useState<readonly Device[]>([]);
  const [problem, setProblem] = useState<string>();
  const [hasEnded, setHasEnded] = useState(false);
  const title = useRef<HTMLParagraphElement>(null);
  const others = devices.filter(({ isCurrent }) => !isCurrent);

  const end = async (ending: readonly Device[]) => {
    setProblem(undefined);
    setHasEnded(false);
    let left = [...devices];
    try {
      for (const { id } of ending) {
        await session.client.request({ method: "DELETE", path: `/v1/auth/devices/${id}` }).catch(unlessGone);
        left = left.filter((device) => device.id !== id);
      }
      setHasEnded(true);
    } catch (error) {
      setProblem(refusalText(error, text));
    }
    onChange(left);
    // The button that was pressed is gone with its device.
    title.current?.focus();
  };
  const [first] = asked;
  return (
    <>
      <p role="status" className="quiet" ref={title} tabIndex={-1}>
        {hasEnded ? words.ended : others.length === 0 && words.alone}
      </p>
      {problem !== undefined && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <ul className="card-section device-list">
        {devices.map((device) => (
          <DeviceRow key={device.id} device={device} onEnd={() => setAsked([device])} />
        ))}
      </ul>
      {others.length > 1 && (
        <p>
          <button type="button" className="button danger-quiet" onClick={() => setAsked(others)}>
            {words.endOthers}
          </button>
        </p>
      )}
      {first !== undefined && (
        <Confirm
          question={asked.length > 1 ? words.confirmEndOthers : words.confirmEnd(deviceName(first, words))}
          hint={words.confirmHint}
          action={words.end}
          onConfirm={() => void end(asked)}
          onClose={() => setAsked([])}
        />
      )}
    </>
  );
}

function DeviceRow({ device, onEnd }: { readonly device: Device; readonly onEnd: () => void }) {
  const { formats } = useLocale();
  const { devices: words } = useAccountWords();
  const { isCurrent, lastActivityAt, createdAt, ipAddress, userAgent } = device;
  const name = deviceName(device, words);
  const Picture = isHandheld(agentOf(userAgent)) ? Smartphone : Monitor;
  return (
    <li className="device">
      <Picture aria-hidden="true" size={24} />
      <div className="person-text">
        <p>
          <span className="person-name">{name}</span>
          {isCurrent && <span className="tag accent">{words.current}</span>}
        </p>
        <p className="quiet">
          {words.lastUsed(formats.whenOf(lastActivityAt))} · {words.since(formats.whenOf(createdAt))}
          {ipAddress !== null && ` · ${words.from(ipAddress)}`}
        </p>
      </div>
      {!isCurrent && (
        <button type="button" className="button" aria-label={words.endNamed(name)} onClick={onEnd}>
          {words.end}
        </button>
      )}
    </li>
  );
}

function deviceName({ userAgent }: Device, words: AccountWords["devices"]): string {
  const { browser, system } = agentOf(userAgent);
  if (browser !== undefined && system !== undefined) return words.browserOn(browser, system);
  return browser ?? system ?? (userAgent === null ? words.unknown : words.app);
}

/** Ended meanwhile: by itself, or in another window. */
function unlessGone(error: unknown): void {
  if (!(error instanceof StudyMateError) || error.code !== "not_found") throw error;
}
