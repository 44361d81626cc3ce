/** The sections of a connection, one for each kind and always in their order: what is sent in them, and what comes. */
import { type MediaKind, NO_TRACKS, SECTION, type Tracks } from "./kinds.ts";

export type Limits = (kind: MediaKind) => RTCRtpEncodingParameters;

/** For the first offer. Without kinds a channel is all there is. */
export function addSections(connection: RTCPeerConnection, kinds: readonly MediaKind[], limits: Limits): void {
  if (kinds.length === 0) connection.createDataChannel("call");
  for (const kind of connection.getTransceivers().length === 0 ? kinds : []) {
    connection.addTransceiver(SECTION[kind], { direction: "sendrecv", sendEncodings: [limits(kind)] });
  }
}

/** Also in the sections that the peer's offer made. */
export async function sendTracks(connection: RTCPeerConnection, kinds: readonly MediaKind[], tracks: Tracks) {
  const transceivers = connection.getTransceivers();
  for (const [index, kind] of kinds.entries()) {
    const transceiver = transceivers[index];
    if (transceiver === undefined) continue;
    transceiver.direction = "sendrecv";
    if (transceiver.sender.track !== tracks[kind]) await transceiver.sender.replaceTrack(tracks[kind]);
  }
}

export async function applyLimits(connection: RTCPeerConnection, kinds: readonly MediaKind[], limits: Limits) {
  const transceivers = connection.getTransceivers();
  for (const [index, kind] of kinds.entries()) {
    const sender = transceivers[index]?.sender;
    const parameters = sender?.getParameters();
    const [encoding] = parameters?.encodings ?? [];
    // Before the first answer there are none.
    if (sender === undefined || parameters === undefined || encoding === undefined) continue;
    Object.assign(encoding, limits(kind));
    await sender.setParameters(parameters);
  }
}

export function receivedTracks(connection: RTCPeerConnection, kinds: readonly MediaKind[]): Tracks {
  const transceivers = connection.getTransceivers();
  const received = { ...NO_TRACKS };
  for (const [index, kind] of kinds.entries()) received[kind] = transceivers[index]?.receiver.track ?? null;
  return received;
}
