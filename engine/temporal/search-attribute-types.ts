/** What the Temporal UI can filter runs by. A fixed, small set: SQL stores allow ten Keywords and three KeywordLists. */
export const searchAttributeTypes = {
  CoppiceProject: "Keyword",
  CoppiceCluster: "Keyword",
  CoppiceAction: "Keyword",
  CoppiceCause: "Keyword",
  CoppicePolicy: "KeywordList",
  CoppicePlugin: "KeywordList",
} as const;
