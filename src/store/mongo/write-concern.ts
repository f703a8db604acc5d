/** What the ledger's promises rest on: a write counts once a majority of the replica set has it in its journal, or the standalone has. */
export const WRITE_CONCERN = { w: "majority", journal: true } as const;
