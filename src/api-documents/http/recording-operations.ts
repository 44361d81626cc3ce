/** What was recorded of sessions: sent in parts, fetched, deleted. */
import {
  completeRecordingRequest,
  createRecordingAnswer,
  createRecordingRequest,
  recordingList,
  recordingPart,
  recordingUpload,
  sessionRecording,
} from "../../../schema/api/sessions.ts";
import { recording, SAMPLE } from "../sample.ts";
import type { Operation } from "./operation.ts";

const id = { description: "The session.", example: SAMPLE.session };
const number = { description: "Its number in the session.", example: recording.id };
const ofRecording = { id, number };

const partSize = 5_242_880;
const unsent = { ...recording, fileUrl: null, fileSize: null, duration: null, quality: null, isAvailable: false };
const part = { number: 1, size: 64, etag: "9e107d9d372bb6826bd81d3542a419d6" };

const NOT_THERE = "The caller was not in the call.";
const NOT_RECORDER = "The caller did not record it.";

export const RECORDING_OPERATIONS = {
  "POST /v1/sessions/{id}/recordings": {
    id: "beginRecordingUpload",
    area: "Recordings",
    summary: "Begin to send a recording",
    description:
      "By whoever began to record in the call, while it lasts or within five minutes after it ended. What is not sent within a " +
      "day is given up.",
    caller: "user",
    path: { id },
    takesIdempotencyKey: true,
    body: createRecordingRequest,
    examples: { webm: { summary: "A film", body: { contentType: "video/webm;codecs=vp8,opus" }, status: 201 } },
    answers: {
      200: {
        description: "It was begun before, under this key.",
        schema: createRecordingAnswer,
        example: { ...unsent, partSize, maxParts: 600 },
      },
      201: {
        description: "Send it in parts of `partSize` bytes.",
        schema: createRecordingAnswer,
        example: { ...unsent, partSize, maxParts: 600 },
      },
    },
    refusals: {
      forbidden: "The caller is not in this session, or records nothing.",
      conflict: "This `Idempotency-Key` was used for another one, or as much was recorded as may be.",
      gone: "The recording ended more than five minutes ago.",
      rate_limited: "Too many files were sent. Wait for `Retry-After` seconds.",
      unsupported_media_type: "The body is not `application/json`, or `contentType` is none of a recording.",
    },
  },
  "GET /v1/sessions/{id}/recordings": {
    id: "listRecordings",
    area: "Recordings",
    summary: "List what was recorded",
    description: "For whoever was in the call: those that are there.",
    caller: "user",
    path: { id },
    answers: {
      200: { description: "All of them.", schema: recordingList, example: { items: [recording], nextCursor: null } },
    },
    refusals: { forbidden: NOT_THERE },
  },
  "PUT /v1/sessions/{id}/recordings/{number}/parts/{part}": {
    id: "sendRecordingPart",
    area: "Recordings",
    summary: "Send a part",
    description:
      "Parts 1, 2, 3 … of exactly `partSize` bytes, the last one smaller, in any order; sent again, one takes the place of the " +
      "one before.",
    caller: "user",
    path: { ...ofRecording, part: { description: "The number of the part.", example: 1 } },
    upload: "The bytes. The first part begins as a file of the announced type does.",
    answers: { 200: { description: "It is kept.", schema: recordingPart, example: part } },
    refusals: {
      invalid_frame: "It is empty, or not as long as `Content-Length` says.",
      too_large: "It has more than `partSize` bytes, or its number is above `maxParts`.",
      unsupported_media_type: "It does not begin as a file of the announced type.",
      forbidden: NOT_RECORDER,
    },
  },
  "GET /v1/sessions/{id}/recordings/{number}/upload": {
    id: "getRecordingUpload",
    area: "Recordings",
    summary: "See which parts are there",
    description: "For whoever sends it, to go on after a cut.",
    caller: "user",
    path: ofRecording,
    answers: {
      200: {
        description: "What was sent.",
        schema: recordingUpload,
        example: { ...unsent, partSize, parts: [part] },
      },
    },
    refusals: { forbidden: NOT_RECORDER },
  },
  "POST /v1/sessions/{id}/recordings/{number}/complete": {
    id: "completeRecording",
    area: "Recordings",
    summary: "End the sending",
    description: "Makes one file of the parts. Again, it answers the same.",
    caller: "user",
    path: ofRecording,
    body: completeRecordingRequest,
    examples: { half: { summary: "Half an hour", body: { duration: 1_800, quality: "720p" }, status: 200 } },
    answers: { 200: { description: "It is there.", schema: sessionRecording, example: recording } },
    refusals: {
      forbidden: NOT_RECORDER,
      conflict: "A part is missing, or one before the last is not full: `errors` names it.",
      unsupported_media_type: "The body is not `application/json`, or the file is not of the announced type.",
    },
  },
  "GET /v1/sessions/{id}/recordings/{number}/content": {
    id: "getRecording",
    area: "Recordings",
    summary: "Fetch a recording",
    description:
      "For whoever was in the call: whole, or a `Range` of it. `ETag` and `If-None-Match` as usual; saved, and never shown as a " +
      "page.",
    caller: "user",
    path: ofRecording,
    answers: {
      200: { description: "The file.", isFile: true },
      206: { description: "The range that was asked for.", isFile: true },
      304: { description: "The client has it." },
    },
    refusals: {
      forbidden: NOT_THERE,
      range_not_satisfiable: "There are no such bytes, or several ranges were asked for.",
    },
  },
  "DELETE /v1/sessions/{id}/recordings/{number}": {
    id: "deleteRecording",
    area: "Recordings",
    summary: "Delete a recording",
    description:
      "By whoever was in the call: nobody has to stay recorded. One that is still being sent, by its recorder.",
    caller: "user",
    path: ofRecording,
    answers: { 204: { description: "It is gone." } },
    refusals: { forbidden: NOT_THERE },
  },
} as const satisfies Record<string, Operation>;
