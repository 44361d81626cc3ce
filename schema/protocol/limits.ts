/** Sizes that both sides of the wire know. Rates are configuration of the objects (`objects/kernel/limits.ts`). */
export const LIMITS = {
  frameBytes: 65_536,
  frameDepth: 16,
  contentCharacters: 4_000,
  noteCharacters: 1_000,
  clientIdCharacters: 64,
  refCharacters: 64,
  nameCharacters: 100,
  descriptionCharacters: 1_000,
  fileMetadataBytes: 4_096,
  emojiPerMessage: 20,
  reactionsPerMessage: 500,
  correctionsPerMessage: 20,
  participantsPerGroup: 1_000,
  /** Above this, receipts and online/offline events are not broadcast. */
  participantsWithReceipts: 100,
  socketsPerUser: 20,
  pageSize: 100,
  typingMs: 10_000,
} as const;
