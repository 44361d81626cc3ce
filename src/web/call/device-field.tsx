import { useEffect, useId, useState } from "react";
import type { Call, LocalDevice } from "../../client/session/index.ts";
import { useCallWords } from "../locale/call/index.ts";

interface DeviceFieldProps {
  readonly call: Call;
  readonly kind: "microphone" | "camera";
  readonly device: LocalDevice;
}

const INPUTS = { microphone: "audioinput", camera: "videoinput" } as const;

/** Which one to use. Their names are known once one of them is on. */
export function DeviceField({ call, kind, device }: DeviceFieldProps) {
  const words = useCallWords();
  const id = useId();
  const devices = useDevices(kind, device.track !== null);
  return (
    <div className="field">
      <label htmlFor={id}>{words.lobby[kind]}</label>
      <select
        id={id}
        value={device.deviceId ?? ""}
        onChange={(event) => void call.choose(kind, event.currentTarget.value || null)}
      >
        <option value="">{words.lobby.standard}</option>
        {devices.map(({ deviceId, label }) => (
          <option key={deviceId} value={deviceId}>
            {label}
          </option>
        ))}
      </select>
      {device.problem !== null && (
        <p className="field-problem" role="alert">
          {words.problems[device.problem]}
        </p>
      )}
    </div>
  );
}

function useDevices(kind: DeviceFieldProps["kind"], isKnown: boolean): readonly MediaDeviceInfo[] {
  const [devices, setDevices] = useState<readonly MediaDeviceInfo[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names are told once the person has said yes
  useEffect(() => {
    const { mediaDevices } = navigator;
    if (mediaDevices === undefined) return;
    let isOver = false;
    const list = () =>
      mediaDevices.enumerateDevices().then(
        (all) => {
          // The browser's own choice has an entry of its own here.
          const named = all.filter(
            (one) => one.kind === INPUTS[kind] && one.label !== "" && one.deviceId !== "default",
          );
          if (!isOver) setDevices(named);
        },
        () => {},
      );
    void list();
    mediaDevices.addEventListener("devicechange", list);
    return () => {
      isOver = true;
      mediaDevices.removeEventListener("devicechange", list);
    };
  }, [kind, isKnown]);
  return devices;
}
